//! Writing parts: many rows in one statement.

use super::archive;
use super::containers::{Containers, fresh, held_by};
use super::row::Written;
use crate::error::{Error, Result};
use document::part::{Container, Kind, Part, PartKey};
use document::working_set::{WorkingSet, Write};
use entities::ids::FileId;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Most rows of one statement.
const ROWS_MAX: usize = 1000;
/// After so many bytes a statement gets no more rows.
const BYTES_MAX: usize = 8 << 20;

/// Which revision writes.
#[derive(Clone, Copy, Debug)]
pub struct Revision {
    /// Its number.
    pub number: i64,
    /// The newest one that a snapshot shows; -1 when there is none.
    pub pinned: i64,
}

/// Places for a new document with these parts, in a file that has none.
///
/// # Errors
/// Those of the database.
pub async fn places(conn: &impl ConnectionTrait, parts: &[Part]) -> Result<NewContainers> {
    let mut needed: BTreeSet<Container> = parts.iter().map(|part| part.key.container).collect();
    needed.extend(parts.iter().filter(|part| part.key.kind == Kind::Page).filter_map(|page| holds(page.key)));
    needed.remove(&Container::File);
    let mut numbers = fresh(conn, needed.len() + 1).await?;
    let root = numbers.pop().ok_or_else(|| Error::platform("a sequence that gives no numbers"))?;
    let mut containers = Containers::of(root);
    needed.iter().zip(&numbers).for_each(|(container, number)| containers.note(*container, Some(*number)));
    numbers.push(root);
    Ok(NewContainers { containers, numbers })
}

/// Where a new document will be.
#[derive(Clone, Debug)]
pub struct NewContainers {
    containers: Containers,
    numbers: Vec<i64>,
}

impl NewContainers {
    /// The number of the file's own.
    pub fn root(&self) -> i64 {
        self.containers.root()
    }
}

/// Writes a whole document, which has been so since a revision, into places that are new.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &impl ConnectionTrait,
    file: FileId,
    new: NewContainers,
    parts: &[Part],
    since: i64,
) -> Result<()> {
    let parts: Vec<&Part> = parts.iter().collect();
    upsert(conn, file, &new.containers, new.numbers, &parts, since).await
}

/// Writes what a batch of changes made of the parts that were loaded. How many parts were written.
///
/// # Errors
/// Those of the database.
pub async fn save(
    tx: &Tx,
    file: FileId,
    containers: &mut Containers,
    set: &WorkingSet,
    at: Revision,
) -> Result<usize> {
    let plan = Plan::of(set);
    containers.look_up(tx, &plan.places(set)).await?;
    let old: Vec<i64> = set.renewed().iter().filter_map(|one| containers.number(*one)).collect();
    set.renewed().iter().for_each(|one| containers.note(*one, None));
    let needed: Vec<Container> = plan.needed(containers);
    let made = fresh_if(tx, needed.len()).await?;
    needed.iter().zip(&made).for_each(|(container, number)| containers.note(*container, Some(*number)));
    let moved = plan.moved(set, &needed);
    archive::keep(tx, &plan.stored(containers, &made, &moved)?, at.pinned, at.number).await?;
    if !old.is_empty() {
        // Unless a snapshot shows what lies there.
        tx.execute_raw(sql(LEAVE, [old.into(), containers.root().into()])).await?;
    }
    remove(tx, containers, &plan.removed).await?;
    upsert(tx, file, containers, made, &plan.whole, at.number).await?;
    columns(tx, containers, &plan.columns, at.number).await?;
    point(tx, containers, &moved, at.number).await?;
    Ok(plan.whole.len() + plan.columns.len() + plan.removed.len() + moved.len())
}

async fn fresh_if(tx: &Tx, count: usize) -> Result<Vec<i64>> {
    if count == 0 { Ok(Vec::new()) } else { fresh(tx, count).await }
}

/// What a part holds, if parts of its kind can hold something.
fn holds(key: PartKey) -> Option<Container> {
    held_by(key.kind.code(), key.id)
}

/// What is to be written.
struct Plan<'s> {
    whole: Vec<&'s Part>,
    columns: Vec<&'s Part>,
    removed: Vec<PartKey>,
}

impl<'s> Plan<'s> {
    fn of(set: &'s WorkingSet) -> Plan<'s> {
        let mut plan = Plan { whole: Vec::new(), columns: Vec::new(), removed: Vec::new() };
        for write in set.writes() {
            match write {
                Write::Whole(part) => plan.whole.push(part),
                Write::Columns(part) => plan.columns.push(part),
                Write::Remove(key) => plan.removed.push(key),
            }
        }
        plan
    }

    fn keys(&self) -> impl Iterator<Item = PartKey> {
        let parts = self.whole.iter().chain(&self.columns).map(|part| part.key);
        parts.chain(self.removed.iter().copied())
    }

    /// Every container that has to be found.
    fn places(&self, set: &WorkingSet) -> Vec<Container> {
        let held = self.whole.iter().filter_map(|part| holds(part.key));
        let all: BTreeSet<Container> =
            self.keys().map(|key| key.container).chain(held).chain(set.renewed().iter().copied()).collect();
        all.into_iter().collect()
    }

    /// Containers that something is put into, and pages, which always have one: those of them that are nowhere yet.
    fn needed(&self, containers: &Containers) -> Vec<Container> {
        let parts = self.whole.iter().map(|part| part.key.container);
        let pages = self.whole.iter().filter(|part| part.key.kind == Kind::Page);
        let all: BTreeSet<Container> = parts.chain(pages.filter_map(|page| holds(page.key))).collect();
        all.into_iter().filter(|one| containers.number(*one).is_none()).collect()
    }

    /// Containers that are elsewhere now, though the part that says so is not written whole.
    fn moved(&self, set: &WorkingSet, needed: &[Container]) -> Vec<Container> {
        let is_told =
            |owner: PartKey| self.whole.iter().any(|part| part.key == owner) || self.removed.contains(&owner);
        let all: BTreeSet<Container> = set.renewed().iter().chain(needed).copied().collect();
        all.into_iter().filter(|container| !is_told(container.owner())).collect()
    }

    /// The keys of rows that are there and will be changed.
    fn stored(
        &self,
        containers: &Containers,
        made: &[i64],
        moved: &[Container],
    ) -> Result<Vec<(i64, i16, Uuid)>> {
        let mut stored = Vec::new();
        for key in self.keys().chain(moved.iter().map(|container| container.owner())) {
            let Some(number) = containers.number(key.container) else { continue };
            if !made.contains(&number) {
                stored.push((number, key.kind.code(), key.id));
            }
        }
        Ok(stored)
    }
}

/// Writes whole parts, those that are there and those that are not, and makes containers.
async fn upsert(
    conn: &impl ConnectionTrait,
    file: FileId,
    containers: &Containers,
    mut made: Vec<i64>,
    parts: &[&Part],
    since: i64,
) -> Result<()> {
    let mut rest = parts;
    while !rest.is_empty() {
        let (batch, next) = rest.split_at(batch(rest));
        rest = next;
        let mut raws = Vec::with_capacity(batch.len());
        for part in batch {
            let raw = part.raw.clone();
            raws.push(raw.ok_or_else(|| Error::platform(format!("a part without bytes: {:?}", part.key)))?);
        }
        let values = [
            std::mem::take(&mut made).into(),
            file.0.into(),
            since.into(),
            rows(containers, batch)?.into(),
            raws.into(),
        ];
        conn.execute_raw(sql(UPSERT, values)).await?;
    }
    Ok(())
}

/// Writes the columns of parts that are there.
async fn columns(tx: &Tx, containers: &Containers, parts: &[&Part], since: i64) -> Result<()> {
    for batch in parts.chunks(ROWS_MAX) {
        let values = [since.into(), rows(containers, batch)?.into()];
        tx.execute_raw(sql(COLUMNS, values)).await?;
    }
    Ok(())
}

async fn remove(tx: &Tx, containers: &Containers, keys: &[PartKey]) -> Result<()> {
    for batch in keys.chunks(ROWS_MAX) {
        let (mut numbers, mut kinds, mut ids) = (Vec::new(), Vec::new(), Vec::new());
        for key in batch {
            // What lay in a container that began anew is gone with it.
            let Some(number) = containers.number(key.container) else { continue };
            numbers.push(number);
            kinds.push(key.kind.code());
            ids.push(key.id);
        }
        if !ids.is_empty() {
            tx.execute_raw(sql(REMOVE, [numbers.into(), kinds.into(), ids.into()])).await?;
        }
    }
    Ok(())
}

/// Tells the parts that hold these containers where they are.
async fn point(tx: &Tx, containers: &Containers, moved: &[Container], since: i64) -> Result<()> {
    for container in moved {
        let owner = container.owner();
        let values = [
            since.into(),
            containers.number(*container).into(),
            containers.root().into(),
            owner.kind.code().into(),
            owner.id.into(),
        ];
        tx.execute_raw(sql(POINT, values)).await?;
    }
    Ok(())
}

/// How many parts the next statement takes; at least one.
fn batch(parts: &[&Part]) -> usize {
    let mut bytes = 0;
    let fits = |part: &&&Part| {
        let before = bytes;
        bytes += part.raw.as_ref().map_or(0, Vec::len);
        before < BYTES_MAX
    };
    parts.iter().take(ROWS_MAX).take_while(fits).count()
}

fn rows(containers: &Containers, parts: &[&Part]) -> Result<String> {
    let rows = parts.iter().map(|part| row(containers, part)).collect::<Result<Vec<_>>>()?;
    serde_json::to_string(&rows).map_err(Error::platform)
}

fn row<'p>(containers: &Containers, part: &'p Part) -> Result<Written<'p>> {
    let number = containers.number(part.key.container);
    let number = number.ok_or_else(|| Error::platform(format!("a part in no container: {:?}", part.key)))?;
    let inner = holds(part.key).and_then(|inner| containers.number(inner));
    Ok(Written::of(part, number, inner))
}

pub(super) const UPSERT: &str = "
    WITH made AS (INSERT INTO file_container (id, file_id) SELECT unnest($1::bigint[]), $2)
    INSERT INTO file_part (container_id, kind, id, since, inner_container_id, parent, frame, component, component_file,
                           shape_ref, component_root, main_instance, shape_type, children, media, raw)
    SELECT r.container_id, r.kind, r.id, $3, r.inner_container_id, r.parent, r.frame, r.component, r.component_file,
           r.shape_ref, r.component_root, r.main_instance, r.shape_type, r.children, r.media, r.raw
      FROM ROWS FROM (
             json_to_recordset($4::text::json) AS (
               container_id bigint, kind smallint, id uuid, inner_container_id bigint, parent uuid, frame uuid,
               component uuid, component_file uuid, shape_ref uuid, component_root boolean, main_instance boolean,
               shape_type text, children uuid[], media uuid[]),
             unnest($5::bytea[])
           ) AS r (container_id, kind, id, inner_container_id, parent, frame, component, component_file, shape_ref,
                   component_root, main_instance, shape_type, children, media, raw)
    ON CONFLICT (container_id, kind, id) DO UPDATE SET
           since = excluded.since, inner_container_id = excluded.inner_container_id, parent = excluded.parent,
           frame = excluded.frame, component = excluded.component, component_file = excluded.component_file,
           shape_ref = excluded.shape_ref, component_root = excluded.component_root,
           main_instance = excluded.main_instance, shape_type = excluded.shape_type, children = excluded.children,
           media = excluded.media, raw = excluded.raw";

const COLUMNS: &str = "
    UPDATE file_part p
       SET since = $1, parent = r.parent, frame = r.frame, component = r.component, component_file = r.component_file,
           shape_ref = r.shape_ref, component_root = r.component_root, main_instance = r.main_instance,
           shape_type = r.shape_type, children = r.children
      FROM json_to_recordset($2::text::json) AS r (
             container_id bigint, kind smallint, id uuid, parent uuid, frame uuid, component uuid, component_file uuid,
             shape_ref uuid, component_root boolean, main_instance boolean, shape_type text, children uuid[])
     WHERE p.container_id = r.container_id AND p.kind = r.kind AND p.id = r.id";

const REMOVE: &str = "
    DELETE FROM file_part p USING ROWS FROM (unnest($1::bigint[]), unnest($2::int2[]), unnest($3::uuid[]))
           AS w (container_id, kind, id)
     WHERE p.container_id = w.container_id AND p.kind = w.kind AND p.id = w.id";

const POINT: &str = "
    UPDATE file_part SET since = $1, inner_container_id = $2 WHERE container_id = $3 AND kind = $4 AND id = $5";

const LEAVE: &str = "
    UPDATE file_container c SET file_id = NULL
     WHERE c.id = ANY($1) AND NOT EXISTS (
           SELECT 1 FROM file_part_archive o WHERE o.container_id = $2 AND o.inner_container_id = c.id)";
