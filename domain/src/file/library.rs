//! Libraries: files that other files use, and which of their changes are in those.
//!
//! A link says that a file uses another one. What is placed of a library brings parts of the library's own libraries
//! with it, so those are libraries of the file too: indirect ones. No file is a library of itself.
//!
//! When a library goes, published no longer or deleted, the files that use it take over what they use: [`release`] and
//! [`absorb`](mod@absorb).

pub mod absorb;
pub mod listed;
pub mod release;
pub mod shared;
pub mod summary;

use crate::error::{Error, Result};
use crate::follow_up::{FollowUps, JobRequest};
use crate::permission::Editable;
use chrono::{DateTime, Utc};
use entities::file;
use entities::ids::FileId;
use platform::db::{Tx, sql};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, QuerySelect, Set};
use transit::value::Value;

/// Most libraries that one file links by itself.
pub const LIBRARIES_MAX: i64 = 500;

/// Makes a library out of a file for another file, which has all its changes then. Does nothing when it is one already.
/// All libraries that come with it and that the caller may look at, at most 1000.
///
/// # Errors
/// `invalid-library` when the file would be a library of itself, also through others; `library-limit-reached` when the
/// file has 500 already; [`Error::NotFound`] when one of the two was deleted meanwhile.
pub async fn link(
    tx: &Tx,
    file: &Editable<file::Model>,
    library: &Editable<file::Model>,
    now: DateTime<Utc>,
) -> Result<Vec<FileId>> {
    hold_both(tx, file.id, library.id).await?;
    // Links are made one after the other, else two that are made at once could close a circle.
    tx.execute_raw(sql(HOLD_LINKS, [])).await?;
    if file.id == library.id || tx.query_one_raw(sql(USES, pair(library.id, file.id))).await?.is_some() {
        return Err(Error::validation("invalid-library")
            .hint("a file cannot be a library of itself, neither directly nor through its libraries"));
    }
    // Whoever takes something over at this moment is waited for, and would end the link.
    release::cancel(tx, file.id, library.id).await?;
    let values = [file.id.0.into(), library.id.0.into(), now.into(), LIBRARIES_MAX.into()];
    let row = tx.query_one_raw(sql(LINK, values)).await?;
    if !row.is_some_and(|row| row.try_get("", "is_linked").unwrap_or(false)) {
        return Err(Error::restriction("library-limit-reached")
            .hint(format!("a file has at most {LIBRARIES_MAX} libraries"))
            .with("threshold", Value::Int(LIBRARIES_MAX)));
    }
    let below = listed::libraries(tx, library.id, library.caller()).await?;
    Ok(below.into_iter().map(|library| library.id).collect())
}

/// Ends a file's being a library of another one. What was placed of it stays as it is. Does nothing when it is none.
///
/// # Errors
/// Those of the database.
pub async fn unlink(
    conn: &impl ConnectionTrait,
    file: &Editable<file::Model>,
    library: &Editable<file::Model>,
) -> Result<()> {
    conn.execute_raw(sql(UNLINK, pair(file.id, library.id))).await?;
    Ok(())
}

/// Notes that everything which changed in a library until now is in the file. Does nothing for what is no library of
/// it, as it may not be any more.
///
/// # Errors
/// Those of the database.
pub async fn note_synced(
    conn: &impl ConnectionTrait,
    file: &Editable<file::Model>,
    library: &Editable<file::Model>,
    now: DateTime<Utc>,
) -> Result<()> {
    conn.execute_raw(sql(SYNCED, [file.id.0.into(), library.id.0.into(), now.into()])).await?;
    Ok(())
}

/// Nobody in the file is told of changes of its libraries that are older than `until`.
///
/// # Errors
/// [`Error::NotFound`] when the file was purged meanwhile.
pub async fn ignore_changes(
    conn: &impl ConnectionTrait,
    file: &Editable<file::Model>,
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = file::ActiveModel {
        id: Set(file.id),
        ignore_sync_until: Set(Some(until)),
        // Whoever keeps the file must fetch it again.
        modified_at: Set(now),
        ..Default::default()
    };
    row.update(conn).await.map_err(|error| match error {
        sea_orm::DbErr::RecordNotUpdated => Error::NotFound,
        other => other.into(),
    })?;
    Ok(())
}

/// Publishes a file as a library, or ends that: then the files that use it take over what they use, and are linked no
/// more. The file as it is then.
///
/// # Errors
/// `invalid-shared-state` when it is so already; [`Error::NotFound`] when it was deleted meanwhile.
pub async fn set_shared(
    tx: &Tx,
    file: &Editable<file::Model>,
    is_shared: bool,
    now: DateTime<Utc>,
) -> Result<(file::Model, FollowUps)> {
    let found = file::Entity::find_by_id(file.id).lock_exclusive().one(tx).await?;
    let found = found.filter(|row| row.deleted_at.is_none()).ok_or(Error::NotFound)?;
    if found.is_shared == is_shared {
        let hint = if is_shared { "the file is a library already" } else { "the file is no library" };
        return Err(Error::validation("invalid-shared-state").hint(hint));
    }
    let row = file::ActiveModel {
        id: Set(file.id),
        is_shared: Set(is_shared),
        modified_at: Set(now),
        ..Default::default()
    };
    let (row, mut follow_ups) = (row.update(tx).await?, FollowUps::default());
    if is_shared {
        release::keep(tx, &[file.id]).await?;
    } else if release::release(tx, file.id, now).await? > 0 {
        follow_ups = follow_ups.job(JobRequest::ReleaseLibraries);
    }
    Ok((row, follow_ups))
}

/// Keeps both alive until the end of the transaction: a deletion that comes later finds the link.
async fn hold_both(tx: &Tx, file: FileId, library: FileId) -> Result<()> {
    let held = tx.query_all_raw(sql(HOLD, pair(file, library))).await?;
    let wanted = if file == library { 1 } else { 2 };
    if held.len() == wanted { Ok(()) } else { Err(Error::NotFound) }
}

fn pair(file: FileId, library: FileId) -> [sea_orm::Value; 2] {
    [file.0.into(), library.0.into()]
}

const HOLD: &str = "
    SELECT f.id FROM file f JOIN project p ON p.id = f.project_id JOIN team t ON t.id = p.team_id
     WHERE f.id IN ($1, $2) AND f.deleted_at IS NULL AND p.deleted_at IS NULL AND t.deleted_at IS NULL
     ORDER BY f.id FOR SHARE OF f";

const HOLD_LINKS: &str = "SELECT pg_advisory_xact_lock(hashtextextended('file_library_link', 0))";

/// Whether `$1` uses `$2`, itself or through others.
const USES: &str = "
    WITH RECURSIVE below (id) AS (
           SELECT library_file_id FROM file_library_link WHERE file_id = $1
            UNION
           SELECT l.library_file_id FROM below b JOIN file_library_link l ON l.file_id = b.id)
    SELECT 1 AS used FROM below WHERE id = $2";

/// Whoever links again what is linked has not fetched its changes by that.
const LINK: &str = "
    WITH room AS (
           SELECT 1 FROM file_library_link WHERE file_id = $1 HAVING count(*) < $4),
         linked AS (
           INSERT INTO file_library_link (file_id, library_file_id, created_at) SELECT $1, $2, $3 FROM room
               ON CONFLICT DO NOTHING RETURNING 1),
         synced AS (
           INSERT INTO file_library_sync (file_id, library_file_id, synced_at) SELECT $1, $2, $3 FROM linked
               ON CONFLICT (file_id, library_file_id) DO UPDATE SET synced_at = excluded.synced_at)
    SELECT EXISTS (SELECT 1 FROM linked)
        OR EXISTS (SELECT 1 FROM file_library_link WHERE file_id = $1 AND library_file_id = $2) AS is_linked";

const UNLINK: &str = "
    WITH unlinked AS (DELETE FROM file_library_link WHERE file_id = $1 AND library_file_id = $2)
    DELETE FROM file_library_sync WHERE file_id = $1 AND library_file_id = $2";

const SYNCED: &str = "
    WITH RECURSIVE below (id) AS (
           SELECT library_file_id FROM file_library_link WHERE file_id = $1
            UNION
           SELECT l.library_file_id FROM below b JOIN file_library_link l ON l.file_id = b.id)
    INSERT INTO file_library_sync (file_id, library_file_id, synced_at)
    SELECT $1, id, $3 FROM below WHERE id = $2
        ON CONFLICT (file_id, library_file_id) DO UPDATE
       SET synced_at = greatest(file_library_sync.synced_at, excluded.synced_at)";
