//! Writing parts.

use super::row::Written;
use crate::error::{Error, Result};
use document::part::{Container, Part};
use entities::ids::FileId;
use platform::db::sql;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;

/// Most rows of one statement.
const ROWS_MAX: usize = 1000;
/// After so many bytes a statement gets no more rows.
const BYTES_MAX: usize = 8 << 20;

/// The numbers of a new document's containers.
#[derive(Clone, Debug)]
pub struct NewNumbers(BTreeMap<Container, i64>);

impl NewNumbers {
    /// Fresh ones for every container of these parts.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn of(conn: &impl ConnectionTrait, parts: &[Part]) -> Result<NewNumbers> {
        let mut containers: Vec<Container> = parts.iter().map(|part| part.key.container).collect();
        containers.push(Container::File);
        containers.extend(parts.iter().filter_map(always_holds));
        containers.sort_unstable();
        containers.dedup();
        let numbers = fresh(conn, containers.len()).await?;
        Ok(NewNumbers(containers.into_iter().zip(numbers).collect()))
    }

    /// That of the file itself.
    ///
    /// # Errors
    /// [`Error::Platform`] never: every document has one.
    pub fn root(&self) -> Result<i64> {
        self.0.get(&Container::File).copied().ok_or_else(|| Error::platform("a document without a root"))
    }
}

/// A page has a container, whether there is something in it or not.
fn always_holds(part: &Part) -> Option<Container> {
    (part.key.kind == document::part::Kind::Page).then_some(Container::Page(part.key.id))
}

/// What a part holds, if parts of its kind can hold something.
fn holds(part: &Part) -> Option<Container> {
    match part.key.kind {
        document::part::Kind::Page => Some(Container::Page(part.key.id)),
        document::part::Kind::Component => Some(Container::Component(part.key.id)),
        _ => None,
    }
}

/// Numbers that no container ever had.
async fn fresh(conn: &impl ConnectionTrait, count: usize) -> Result<Vec<i64>> {
    let numbers =
        "SELECT nextval(pg_get_serial_sequence('file_container', 'id')) FROM generate_series(1, $1)";
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let rows = conn.query_all_raw(sql(numbers, [count.into()])).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

/// Writes a whole document, which has been so since a revision, under numbers that are new.
///
/// # Errors
/// Those of the database.
pub async fn insert(
    conn: &impl ConnectionTrait,
    file: FileId,
    numbers: &NewNumbers,
    parts: &[Part],
    since: i64,
) -> Result<()> {
    let mut containers: Vec<i64> = numbers.0.values().copied().collect();
    let mut rest = parts;
    while !rest.is_empty() {
        let (batch, next) = rest.split_at(batch(rest));
        rest = next;
        let (mut rows, mut raws) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
        for part in batch {
            let number = |container: Container| numbers.0.get(&container).copied();
            let missing = || Error::platform(format!("a part in no container: {:?}", part.key));
            let own = number(part.key.container).ok_or_else(missing)?;
            rows.push(Written::of(part, own, holds(part).and_then(number)));
            raws.push(part.raw.clone().ok_or_else(missing)?);
        }
        let rows = serde_json::to_string(&rows).map_err(Error::platform)?;
        let values =
            [std::mem::take(&mut containers).into(), file.0.into(), since.into(), rows.into(), raws.into()];
        conn.execute_raw(sql(INSERT, values)).await?;
    }
    Ok(())
}

/// How many parts the next statement takes; at least one.
fn batch(parts: &[Part]) -> usize {
    let mut bytes = 0;
    let fits = |part: &&Part| {
        let before = bytes;
        bytes += part.raw.as_ref().map_or(0, Vec::len);
        before < BYTES_MAX
    };
    parts.iter().take(ROWS_MAX).take_while(fits).count()
}

const INSERT: &str = "
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
                   component_root, main_instance, shape_type, children, media, raw)";
