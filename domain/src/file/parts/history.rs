//! What parts were: bringing back those of a revision, and forgetting what no snapshot shows.
//!
//! A part was so at a revision when it had been made by then, and was there still or was kept with a later `until`.
//! **What no snapshot shows once, none shows ever again:** a new one shows the newest revision, and everything that is
//! kept here was changed by then. So forgetting needs no lock.

use crate::error::Result;
use entities::ids::FileId;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;

/// Makes the document what it was at the revision `to`: revision `revn` of the file, which the transaction holds. A
/// snapshot of the revision before must be there already, because everything else is kept for it. What has not changed
/// since `to` is not touched. How many parts were written.
///
/// # Errors
/// Those of the database.
pub async fn bring_back(tx: &Tx, file: FileId, to: i64, revn: i64) -> Result<u64> {
    let values = [file.0.into(), to.into(), revn.into()];
    let away = tx.execute_raw(sql(AWAY, values.clone())).await?.rows_affected();
    let back = tx.execute_raw(sql(BACK, values)).await?.rows_affected();
    Ok(away + back)
}

/// What was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// Parts.
    pub parts: u64,
    /// Whether one of them named a picture.
    pub named_pictures: bool,
}

/// Forgets what parts of a file were that no snapshot shows, at most `limit` of them.
///
/// # Errors
/// Those of the database.
pub async fn forget(tx: &Tx, file: FileId, limit: u64) -> Result<Forgotten> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let row = tx.query_one_raw(sql(FORGET, [file.0.into(), limit.into()])).await?;
    let (parts, named_pictures) = match row {
        Some(row) => (row.try_get::<i64>("", "parts")?, row.try_get("", "named_pictures")?),
        None => (0, false),
    };
    Ok(Forgotten { parts: u64::try_from(parts).unwrap_or(0), named_pictures })
}

/// Leaves the containers of a file that nothing names any more, neither as it is nor as it was, to the sweep of those
/// that no file holds; at most `limit` of them. How many they were.
///
/// # Errors
/// Those of the database.
pub async fn leave(tx: &Tx, file: FileId, limit: u64) -> Result<u64> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(tx.execute_raw(sql(LEAVE, [file.0.into(), limit.into()])).await?.rows_affected())
}

const AWAY: &str = "
    WITH gone AS (
      DELETE FROM file_part p USING file_container c
       WHERE c.file_id = $1 AND p.container_id = c.id AND p.since > $2
      RETURNING p.container_id, p.kind, p.id, p.since, p.inner_container_id, p.parent, p.frame, p.component,
                p.component_file, p.shape_ref, p.component_root, p.main_instance, p.shape_type, p.children, p.media,
                p.raw)
    INSERT INTO file_part_archive (container_id, kind, id, since, inner_container_id, parent, frame, component,
                                   component_file, shape_ref, component_root, main_instance, shape_type, children,
                                   media, raw, until)
    SELECT container_id, kind, id, since, inner_container_id, parent, frame, component, component_file, shape_ref,
           component_root, main_instance, shape_type, children, media, raw, $3
      FROM gone";

/// What was kept by [`AWAY`] was made later.
const BACK: &str = "
    INSERT INTO file_part (container_id, kind, id, since, inner_container_id, parent, frame, component, component_file,
                           shape_ref, component_root, main_instance, shape_type, children, media, raw)
    SELECT o.container_id, o.kind, o.id, $3, o.inner_container_id, o.parent, o.frame, o.component, o.component_file,
           o.shape_ref, o.component_root, o.main_instance, o.shape_type, o.children, o.media, o.raw
      FROM file_container c JOIN file_part_archive o ON o.container_id = c.id
     WHERE c.file_id = $1 AND o.since <= $2 AND o.until > $2";

const FORGET: &str = "
    WITH gone AS (
      DELETE FROM file_part_archive WHERE ctid = ANY(ARRAY(
        SELECT o.ctid FROM file_container c JOIN file_part_archive o ON o.container_id = c.id
         WHERE c.file_id = $1 AND NOT EXISTS (
               SELECT 1 FROM file_snapshot s WHERE s.file_id = $1 AND s.revn >= o.since AND s.revn < o.until)
         LIMIT $2))
      RETURNING media)
    SELECT count(*) AS parts, count(media) > 0 AS named_pictures FROM gone";

const LEAVE: &str = "
    UPDATE file_container SET file_id = NULL WHERE id IN (
      SELECT c.id FROM file f JOIN file_container c ON c.file_id = f.id
       WHERE f.id = $1 AND c.id <> f.root_container_id
         AND NOT EXISTS (SELECT 1 FROM file_part p
                          WHERE p.container_id = f.root_container_id AND p.inner_container_id = c.id)
         AND NOT EXISTS (SELECT 1 FROM file_part_archive o
                          WHERE o.container_id = f.root_container_id AND o.inner_container_id = c.id)
       LIMIT $2)";
