//! Reading the parts that a batch of changes touches: one statement, however many they are and wherever they lie.

use super::containers::{Containers, held_by};
use super::row;
use crate::error::{Error, Result};
use document::part::{Container, Kind, PartKey};
use document::stop::{Detail, Reach, Wanted};
use document::working_set::WorkingSet;
use futures_util::TryStreamExt;
use platform::db::{Tx, sql};
use sea_orm::StreamTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Most parts that one batch may make the server read.
const PARTS_MAX: usize = 200_000;
/// Most bytes of parts that it may make it read.
const BYTES_MAX: usize = 256 << 20;

/// What was read for one batch.
#[derive(Debug)]
pub struct Loaded {
    /// Where it lies.
    pub containers: Containers,
    parts: usize,
    bytes: usize,
}

impl Loaded {
    /// Nothing yet, of the document with this root.
    pub fn new(root: i64) -> Loaded {
        Loaded { containers: Containers::of(root), parts: 0, bytes: 0 }
    }

    /// How many parts were read.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// Reads what is wanted and not known, with what it reaches; tells of what does not exist.
    ///
    /// # Errors
    /// `document-limit-reached` when all that was read is more than one batch may touch; those of the database.
    pub async fn load(&mut self, tx: &Tx, set: &mut WorkingSet, wanted: &[Wanted]) -> Result<()> {
        let asked = Asked::of(set, wanted);
        if asked.is_empty() {
            return Ok(());
        }
        let mut left = asked.keys.clone();
        let mut rows = tx.stream_raw(sql(WANTED, asked.values(self.containers.root()))).await?;
        while let Some(row) = rows.try_next().await? {
            let (owner, id): (Option<i16>, Option<Uuid>) =
                (row.try_get_by_index(14)?, row.try_get_by_index(15)?);
            let container = owner.zip(id).and_then(|(kind, id)| held_by(kind, id)).unwrap_or(Container::File);
            if row.try_get_by_index::<Option<i64>>(16)?.is_none() {
                // Something reached that is not there.
                set.load_absent(PartKey {
                    container,
                    kind: kind_of(row.try_get_by_index(0)?)?,
                    id: row.try_get_by_index(1)?,
                });
                continue;
            }
            let read = row::read(&row, container)?;
            left.remove(&read.part.key);
            if let Some(inner) = held_by(read.part.key.kind.code(), read.part.key.id) {
                self.containers.note(inner, read.inner);
            }
            self.parts += 1;
            self.bytes += read.part.raw.as_ref().map_or(0, Vec::len);
            if self.parts > PARTS_MAX || self.bytes > BYTES_MAX {
                let hint =
                    format!("the changes touch more than {PARTS_MAX} parts or {} MiB", BYTES_MAX >> 20);
                return Err(Error::restriction("document-limit-reached").hint(hint));
            }
            set.load(read.part);
        }
        for key in left {
            if let Some(inner) = held_by(key.kind.code(), key.id) {
                self.containers.note(inner, None);
            }
            set.load_absent(key);
        }
        Ok(())
    }
}

fn kind_of(code: i16) -> Result<Kind> {
    Kind::of_code(code).ok_or_else(|| Error::platform(format!("no kind of part: {code}")))
}

/// The parts that one statement asks for.
#[derive(Default)]
struct Asked {
    keys: BTreeSet<PartKey>,
    /// Parts of the file, whether with their bytes.
    of_file: BTreeMap<(i16, Uuid), bool>,
    /// Shapes, by the part that holds them, and how much is reached from them; whether with their bytes.
    shapes: BTreeMap<(PartKey, Uuid, i16), bool>,
}

impl Asked {
    fn of(set: &WorkingSet, wanted: &[Wanted]) -> Asked {
        let mut asked = Asked::default();
        for Wanted { key, reach, detail } in wanted {
            if *reach == Reach::Itself && set.knows(*key, *detail) {
                continue;
            }
            asked.keys.insert(*key);
            let whole = *detail == Detail::Whole;
            if key.container == Container::File {
                *asked.of_file.entry((key.kind.code(), key.id)).or_default() |= whole;
                continue;
            }
            let owner = key.container.owner();
            // Whoever writes shapes has to know where.
            asked.of_file.entry((owner.kind.code(), owner.id)).or_default();
            asked.keys.insert(owner);
            let shape = (owner, key.id, code(*reach));
            *asked.shapes.entry(shape).or_default() |= whole;
        }
        asked
    }

    fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn values(&self, root: i64) -> [sea_orm::Value; 9] {
        let (kinds, ids): (Vec<i16>, Vec<Uuid>) = self.of_file.keys().copied().unzip();
        let wholes: Vec<bool> = self.of_file.values().copied().collect();
        let owners: (Vec<i16>, Vec<Uuid>) =
            self.shapes.keys().map(|(owner, ..)| (owner.kind.code(), owner.id)).unzip();
        let (shapes, reaches): (Vec<Uuid>, Vec<i16>) =
            self.shapes.keys().map(|(_, id, reach)| (*id, *reach)).unzip();
        let with_bytes: Vec<bool> = self.shapes.values().copied().collect();
        [
            root.into(),
            kinds.into(),
            ids.into(),
            wholes.into(),
            owners.0.into(),
            owners.1.into(),
            shapes.into(),
            reaches.into(),
            with_bytes.into(),
        ]
    }
}

fn code(reach: Reach) -> i16 {
    match reach {
        Reach::Itself => 0,
        Reach::Above => 1,
        Reach::Children => 2,
        Reach::Below => 3,
    }
}

/// The columns of a part, then the part that holds it (none: the file), then its container if it exists. Cycles end,
/// because no row comes twice.
const WANTED: &str = "
    WITH RECURSIVE asked AS (
           SELECT * FROM ROWS FROM (unnest($5::int2[]), unnest($6::uuid[]), unnest($7::uuid[]), unnest($8::int2[]),
                                    unnest($9::bool[])) AS a (owner_kind, owner, id, reach, whole)),
         place AS MATERIALIZED (
           SELECT a.owner_kind, a.owner, p.inner_container_id AS number
             FROM (SELECT DISTINCT owner_kind, owner FROM asked) a
             JOIN file_part p ON p.container_id = $1 AND p.kind = a.owner_kind AND p.id = a.owner
            WHERE p.inner_container_id IS NOT NULL),
         reached (owner_kind, owner, number, id, reach, whole) AS (
           SELECT owner_kind, owner, number, a.id, a.reach, a.whole FROM asked a JOIN place USING (owner_kind, owner)
            UNION
           SELECT r.owner_kind, r.owner, r.number, next.id, next.reach, r.whole
             FROM reached r
             JOIN file_part p ON p.container_id = r.number AND p.kind = 2 AND p.id = r.id
            CROSS JOIN LATERAL (
                    SELECT p.parent AS id, 1::int2 AS reach WHERE r.reach = 1 AND p.parent IS NOT NULL
                     UNION ALL
                    SELECT unnest(p.children), CASE r.reach WHEN 3 THEN 3::int2 ELSE 0::int2 END
                     WHERE r.reach IN (2, 3)) next),
         shapes AS (
           SELECT owner_kind, owner, number, id, bool_or(whole) AS whole FROM reached
            GROUP BY owner_kind, owner, number, id),
         parts AS (
           SELECT NULL::int2 AS owner_kind, NULL::uuid AS owner, $1::bigint AS number, kind, id, whole
             FROM ROWS FROM (unnest($2::int2[]), unnest($3::uuid[]), unnest($4::bool[])) AS a (kind, id, whole)
            UNION ALL
           SELECT owner_kind, owner, number, 2::int2, id, whole FROM shapes)
    SELECT w.kind, w.id, p.inner_container_id, p.parent, p.frame, p.component, p.component_file, p.shape_ref,
           p.component_root, p.main_instance, p.shape_type, p.children, CASE WHEN w.whole THEN p.media END,
           CASE WHEN w.whole THEN p.raw END, w.owner_kind, w.owner, p.container_id
      FROM parts w LEFT JOIN file_part p ON p.container_id = w.number AND p.kind = w.kind AND p.id = w.id";
