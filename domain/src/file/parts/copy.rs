//! Copying a whole document into another file. Most parts are copied as they lie, by the database itself; those that
//! name a picture or a file are read, some at a time, and written with the names of the copy.

use super::containers::fresh;
use super::row::{self, Stored, Written};
use super::save;
use crate::error::{Error, Result};
use document::part::{Container, Part};
use document::relink::{Relink, relink};
use entities::ids::FileId;
use futures_util::TryStreamExt;
use platform::app::App;
use platform::cpu::CpuError;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, StreamTrait};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Most parts that are read at once.
const ROWS_MAX: i64 = 500;
/// After so many bytes no more parts are read at once.
const BYTES_MAX: usize = 1 << 20;

/// Where a copy comes from, and where it goes.
#[derive(Clone, Copy, Debug)]
pub struct Copy {
    /// The container of the file that is copied, which the transaction holds.
    pub from: i64,
    /// That of the new file, of [`root()`].
    pub to: i64,
    /// The new file, whose row is there.
    pub file: FileId,
    /// Its revision.
    pub revn: i64,
}

/// A number for the container of a new file.
///
/// # Errors
/// Those of the database.
pub async fn root(conn: &impl ConnectionTrait) -> Result<i64> {
    fresh(conn, 1).await?.pop().ok_or_else(|| Error::platform("a sequence that gives no numbers"))
}

/// Copies the document as it is. What it was is not copied.
///
/// # Errors
/// [`Error::Platform`] when a part cannot be read; those of the database.
pub async fn document(app: &App, tx: &Tx, copy: Copy, by: &Arc<Relink>) -> Result<()> {
    let places = places(tx, copy).await?;
    let (from, to): (Vec<i64>, Vec<i64>) = places.iter().map(|(from, to)| (*from, *to)).unzip();
    let (files, others): (Vec<Uuid>, Vec<Uuid>) =
        by.files.iter().map(|(file, other)| (*file, *other)).unzip();
    tx.execute_raw(sql(AS_IT_IS, [from.clone().into(), to.into(), files.into(), others.into()])).await?;
    for row in tx.query_all_raw(sql(NAMING, [from.into()])).await? {
        let number: i64 = row.try_get_by_index(0)?;
        let mut after = Some((-1_i16, Uuid::nil()));
        while let Some(place) = after {
            let (parts, last) = naming(tx, number, place).await?;
            after = last;
            write(app, tx, copy, &places, number, parts, by).await?;
        }
    }
    Ok(())
}

/// Makes the containers of the copy: each with that of which it is one.
async fn places(tx: &Tx, copy: Copy) -> Result<HashMap<i64, i64>> {
    let values = [copy.from.into(), copy.to.into(), copy.file.0.into()];
    let rows = tx.query_all_raw(sql(PLACES, values)).await?;
    Ok(rows
        .iter()
        .map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
        .collect::<Result<_, sea_orm::DbErr>>()?)
}

/// Some parts of a container that may name something, after the one that was last; and which is the last of them,
/// unless they are all.
async fn naming(tx: &Tx, number: i64, after: (i16, Uuid)) -> Result<(Vec<Stored>, Option<(i16, Uuid)>)> {
    let values = [number.into(), after.0.into(), after.1.into(), ROWS_MAX.into()];
    let mut rows = tx.stream_raw(sql(NAMING_PARTS, values)).await?;
    let (mut found, mut bytes, mut last) = (vec![], 0, None);
    while let Some(row) = rows.try_next().await? {
        // What it lies in is told by its number.
        let stored = row::read(&row, Container::File)?;
        bytes += stored.part.raw.as_ref().map_or(0, Vec::len);
        let key = stored.part.key;
        found.push(stored);
        if bytes > BYTES_MAX || i64::try_from(found.len()).is_ok_and(|count| count == ROWS_MAX) {
            last = Some((key.kind.code(), key.id));
            break;
        }
    }
    Ok((found, last))
}

async fn write(
    app: &App,
    tx: &Tx,
    copy: Copy,
    places: &HashMap<i64, i64>,
    number: i64,
    stored: Vec<Stored>,
    by: &Arc<Relink>,
) -> Result<()> {
    if stored.is_empty() {
        return Ok(());
    }
    let inner: Vec<Option<i64>> = stored.iter().map(|one| places.get(&one.inner?).copied()).collect();
    let by = Arc::clone(by);
    let parts = app.cpu.run(move || relinked(stored, &by)).await.map_err(|error| match error {
        CpuError::Busy => Error::busy(),
        other => Error::platform(other),
    })??;
    let to = places.get(&number).ok_or_else(|| Error::platform("a part in no container"))?;
    let rows: Vec<Written<'_>> =
        parts.iter().zip(inner).map(|(part, inner)| Written::of(part, *to, inner)).collect();
    let rows = serde_json::to_string(&rows).map_err(Error::platform)?;
    let raws: Vec<Vec<u8>> = parts.iter().filter_map(|part| part.raw.clone()).collect();
    let values = [Vec::<i64>::new().into(), copy.file.0.into(), copy.revn.into(), rows.into(), raws.into()];
    tx.execute_raw(sql(save::UPSERT, values)).await?;
    Ok(())
}

fn relinked(stored: Vec<Stored>, by: &Relink) -> Result<Vec<Part>> {
    let relinked = |stored: Stored| {
        let open = document::part::OpenPart::read(&stored.part).map_err(Error::platform)?;
        let open = open.ok_or_else(|| Error::platform("a part without bytes"))?;
        Ok(relink(open, by).to_part())
    };
    stored.into_iter().map(relinked).collect()
}

const PLACES: &str = "
    WITH old AS (
           SELECT $1::bigint AS id
            UNION
           SELECT inner_container_id FROM file_part WHERE container_id = $1 AND inner_container_id IS NOT NULL),
         place AS MATERIALIZED (
           SELECT id, CASE WHEN id = $1 THEN $2::bigint
                           ELSE nextval(pg_get_serial_sequence('file_container', 'id')) END AS copy
             FROM old),
         made AS (INSERT INTO file_container (id, file_id) SELECT copy, $3 FROM place)
    SELECT id, copy FROM place";

/// What names nothing is not read: `document::relink::NAMES_OF_FILES`.
const AS_IT_IS: &str = r#"
    INSERT INTO file_part (container_id, kind, id, since, inner_container_id, parent, frame, component, component_file,
                           shape_ref, component_root, main_instance, shape_type, children, media, raw)
    SELECT place.copy, p.kind, p.id, p.since, inside.copy, p.parent, p.frame, p.component,
           coalesce(file.other, p.component_file), p.shape_ref, p.component_root, p.main_instance, p.shape_type,
           p.children, p.media, p.raw
      FROM ROWS FROM (unnest($1::bigint[]), unnest($2::bigint[])) AS place (id, copy)
      JOIN file_part p ON p.container_id = place.id
      LEFT JOIN ROWS FROM (unnest($1::bigint[]), unnest($2::bigint[])) AS inside (id, copy)
             ON inside.id = p.inner_container_id
      LEFT JOIN ROWS FROM (unnest($3::uuid[]), unnest($4::uuid[])) AS file (id, other) ON file.id = p.component_file
     WHERE NOT (p.media IS NOT NULL OR position('-file"'::bytea IN p.raw) > 0
                OR position('"~:file-id"'::bytea IN p.raw) > 0 OR position('"~:tokens-source"'::bytea IN p.raw) > 0)"#;

/// The containers in which one has to be read.
const NAMING: &str = r#"
    SELECT place.id FROM unnest($1::bigint[]) AS place (id)
     WHERE EXISTS (
           SELECT 1 FROM file_part p
            WHERE p.container_id = place.id
              AND (p.media IS NOT NULL OR position('-file"'::bytea IN p.raw) > 0
                   OR position('"~:file-id"'::bytea IN p.raw) > 0
                   OR position('"~:tokens-source"'::bytea IN p.raw) > 0))
     ORDER BY place.id"#;

const NAMING_PARTS: &str = r#"
    SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
           main_instance, shape_type, children, media, raw
      FROM file_part p
     WHERE container_id = $1 AND (kind, id) > ($2, $3)
       AND (p.media IS NOT NULL OR position('-file"'::bytea IN p.raw) > 0
            OR position('"~:file-id"'::bytea IN p.raw) > 0 OR position('"~:tokens-source"'::bytea IN p.raw) > 0)
     ORDER BY kind, id LIMIT $4"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_pass_over_what_names_nothing() {
        for statement in [AS_IT_IS, NAMING, NAMING_PARTS] {
            for name in document::relink::NAMES_OF_FILES {
                assert!(statement.contains(&format!("position('{name}'::bytea IN p.raw) > 0")), "{name}");
            }
        }
    }
}
