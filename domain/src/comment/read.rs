//! Who has read what.

use crate::error::Result;
use chrono::{DateTime, Utc};
use entities::ids::{CommentThreadId, ProfileId};
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Somebody has read a thread up to this moment; gives the moment up to which they have.
///
/// # Errors
/// Those of the database.
pub async fn mark(
    tx: &Tx,
    thread: CommentThreadId,
    reader: ProfileId,
    now: DateTime<Utc>,
) -> Result<DateTime<Utc>> {
    let found = tx.query_one_raw(sql(MARK, [thread.0.into(), reader.0.into(), now.into()])).await?;
    Ok(found.map(|row| row.try_get("", "modified_at")).transpose()?.unwrap_or(now))
}

/// Somebody has read these threads up to this moment. Those that they may not read are passed over.
///
/// # Errors
/// Those of the database.
pub async fn mark_all(tx: &Tx, threads: Vec<Uuid>, reader: ProfileId, now: DateTime<Utc>) -> Result<u64> {
    let values = [threads.into(), reader.0.into(), None::<Uuid>.into(), now.into()];
    Ok(tx.execute_raw(sql(MARK_ALL, values)).await?.rows_affected())
}

const MARK: &str = "
    INSERT INTO comment_thread_status AS s (thread_id, profile_id, modified_at) VALUES ($1, $2, $3)
        ON CONFLICT (thread_id, profile_id) DO UPDATE SET modified_at = greatest(s.modified_at, excluded.modified_at)
    RETURNING modified_at";

/// Whether a file is seen is `permission::FILE_IS_SEEN`, word for word. In the order of keys, so that two tabs do not
/// wait for each other.
const MARK_ALL: &str = "
    INSERT INTO comment_thread_status AS s (thread_id, profile_id, modified_at)
    SELECT ct.id, $2::uuid, $4::timestamptz
      FROM comment_thread ct
      JOIN file f ON f.id = ct.file_id AND f.deleted_at IS NULL
      JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
      JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
     WHERE ct.id = ANY($1) AND (
    EXISTS (SELECT 1 FROM team_profile_rel WHERE team_id = t.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM project_profile_rel WHERE project_id = p.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM file_profile_rel WHERE file_id = f.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM share_link WHERE id = $3 AND file_id = f.id))
     ORDER BY ct.id
        ON CONFLICT (thread_id, profile_id) DO UPDATE SET modified_at = greatest(s.modified_at, excluded.modified_at)";

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_marked_may_be_read() {
        assert!(super::MARK_ALL.contains(crate::permission::FILE_IS_SEEN));
    }
}
