//! Files whose library is none any more, or will be purged, have to take over what they use of it. What is still to be
//! done stands in a table, one row for each file and library; jobs do it. A library is not purged before: see
//! `deletion::parts`.

use crate::error::Result;
use crate::follow_up::{FollowUps, JobRequest};
use chrono::{DateTime, Utc};
use entities::ids::FileId;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Most libraries that are released in one step.
const LIBRARIES_MAX: i64 = 20;
/// Most jobs that are asked for in one step.
const ASKED_MAX: i64 = 500;

/// Notes that every file which uses a library, also through others, has to take over what it uses. Files that were
/// deleted with the library come back with it, and those that are being purged need nothing. How many files.
///
/// # Errors
/// Those of the database.
pub async fn release(tx: &Tx, library: FileId, now: DateTime<Utc>) -> Result<u64> {
    Ok(tx.execute_raw(sql(RELEASE, [library.0.into(), now.into()])).await?.rows_affected())
}

/// Does so for some deleted libraries for which nobody has. How many were looked at; none when that was all.
///
/// # Errors
/// Those of the database.
pub async fn release_deleted(tx: &Tx, now: DateTime<Utc>) -> Result<usize> {
    let rows = tx.query_all_raw(sql(DELETED, [now.into(), LIBRARIES_MAX.into()])).await?;
    for row in &rows {
        release(tx, FileId(row.try_get("", "id")?), now).await?;
    }
    Ok(rows.len())
}

/// Whether [`release_deleted`] has something to do.
///
/// # Errors
/// Those of the database.
pub async fn is_any_deleted(conn: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool> {
    Ok(!conn.query_all_raw(sql(DELETED, [now.into(), 1_i64.into()])).await?.is_empty())
}

/// Jobs for some rows for which none was asked yet; none when that was all.
///
/// # Errors
/// Those of the database.
pub async fn ask(tx: &Tx) -> Result<FollowUps> {
    let mut follow_ups = FollowUps::default();
    for row in tx.query_all_raw(sql(ASK, [ASKED_MAX.into()])).await? {
        let (file, library): (Uuid, Uuid) =
            (row.try_get("", "file_id")?, row.try_get("", "library_file_id")?);
        follow_ups =
            follow_ups.job(JobRequest::AbsorbLibrary { file: FileId(file), library: FileId(library) });
    }
    Ok(follow_ups)
}

/// Files that are published again, or came back, are libraries as before: nobody has to take over anything.
///
/// # Errors
/// Those of the database.
pub async fn keep(conn: &impl ConnectionTrait, libraries: &[FileId]) -> Result<()> {
    let libraries: Vec<Uuid> = libraries.iter().map(|library| library.0).collect();
    conn.execute_raw(sql(KEEP, [libraries.into()])).await?;
    Ok(())
}

/// The file uses the library on.
///
/// # Errors
/// Those of the database.
pub(super) async fn cancel(tx: &Tx, file: FileId, library: FileId) -> Result<()> {
    tx.execute_raw(sql(CANCEL, [file.0.into(), library.0.into()])).await?;
    Ok(())
}

/// What is still to be done: whether a file has to take over something of a library. The row is held.
///
/// # Errors
/// Those of the database.
pub(super) async fn hold(tx: &Tx, file: FileId, library: FileId) -> Result<bool> {
    Ok(tx.query_one_raw(sql(PENDING, [file.0.into(), library.0.into()])).await?.is_some())
}

/// Whether a file has not taken over yet what it uses of a library.
///
/// # Errors
/// Those of the database.
pub async fn is_pending(conn: &impl ConnectionTrait, file: FileId, library: FileId) -> Result<bool> {
    Ok(conn.query_one_raw(sql(IS_PENDING, [file.0.into(), library.0.into()])).await?.is_some())
}

/// The file uses nothing of the library any more.
///
/// # Errors
/// Those of the database.
pub(super) async fn done(tx: &Tx, file: FileId, library: FileId) -> Result<()> {
    tx.execute_raw(sql(DONE, [file.0.into(), library.0.into()])).await?;
    Ok(())
}

const RELEASE: &str = "
    WITH RECURSIVE above (id) AS (
           SELECT file_id FROM file_library_link WHERE library_file_id = $1
            UNION
           SELECT l.file_id FROM above a JOIN file_library_link l ON l.library_file_id = a.id)
    INSERT INTO file_library_absorption (file_id, library_file_id, created_at)
    SELECT u.id, $1, $2
      FROM above a JOIN file u ON u.id = a.id JOIN file library ON library.id = $1
     WHERE u.id <> $1 AND (u.deleted_at IS NULL
                           OR u.deleted_at > $2 AND u.deleted_at IS DISTINCT FROM library.deleted_at)
        ON CONFLICT (file_id, library_file_id) DO NOTHING";

/// Only direct users are looked at: with them, the others are found.
const DELETED: &str = "
    SELECT library.id
      FROM file library
     WHERE library.deleted_at IS NOT NULL AND EXISTS (
           SELECT 1 FROM file_library_link l JOIN file u ON u.id = l.file_id
            WHERE l.library_file_id = library.id AND u.id <> library.id
              AND (u.deleted_at IS NULL OR u.deleted_at > $1 AND u.deleted_at <> library.deleted_at)
              AND NOT EXISTS (SELECT 1 FROM file_library_absorption a
                               WHERE a.file_id = u.id AND a.library_file_id = library.id))
     ORDER BY library.id LIMIT $2";

const ASK: &str = "
    WITH unasked AS (
           SELECT file_id, library_file_id FROM file_library_absorption WHERE NOT is_asked
            ORDER BY library_file_id, file_id LIMIT $1 FOR UPDATE SKIP LOCKED)
    UPDATE file_library_absorption a SET is_asked = true FROM unasked u
     WHERE a.file_id = u.file_id AND a.library_file_id = u.library_file_id
    RETURNING a.file_id, a.library_file_id";

const KEEP: &str = "
    DELETE FROM file_library_absorption a USING file f
     WHERE a.library_file_id = f.id AND f.id = ANY($1) AND f.is_shared AND f.deleted_at IS NULL";

const CANCEL: &str = "DELETE FROM file_library_absorption WHERE file_id = $1 AND library_file_id = $2";

const PENDING: &str = "
    SELECT 1 AS pending FROM file_library_absorption WHERE file_id = $1 AND library_file_id = $2 FOR UPDATE";

const IS_PENDING: &str = "
    SELECT 1 AS pending FROM file_library_absorption WHERE file_id = $1 AND library_file_id = $2";

const DONE: &str = "
    WITH link AS (DELETE FROM file_library_link WHERE file_id = $1 AND library_file_id = $2),
         sync AS (DELETE FROM file_library_sync WHERE file_id = $1 AND library_file_id = $2)
    DELETE FROM file_library_absorption WHERE file_id = $1 AND library_file_id = $2";
