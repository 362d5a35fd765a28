//! Bytes that a move leaves behind, or has not finished bringing: each has a row until it is gone.

use super::sweep::RETRY_AFTER;
use crate::error::Result;
use chrono::{DateTime, Utc};
use entities::ids::StorageObjectId;
use platform::app::App;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use uuid::Uuid;

/// Bytes removed in one batch.
const BATCH: i64 = 50;

/// What one batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleared {
    /// Rows looked at; none means that the work is done.
    pub seen: u64,
    /// Removed.
    pub removed: u64,
    /// Would not go; they are tried again in an hour.
    pub failed: u64,
}

#[derive(FromQueryResult)]
struct Due {
    object_id: Uuid,
    backend: String,
    is_home: bool,
}

/// Notes that a backend has, or is about to get, bytes that are not those of the row; they go at `goes_at`. Waits for a
/// sweep that is removing them just now.
pub(super) async fn note(
    conn: &impl ConnectionTrait,
    id: StorageObjectId,
    backend: &str,
    now: DateTime<Utc>,
    goes_at: DateTime<Utc>,
) -> Result<()> {
    let sql = "INSERT INTO storage_copy (object_id, backend, created_at, goes_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (object_id, backend) DO UPDATE SET goes_at = excluded.goes_at";
    run(conn, sql, [id.0.into(), backend.into(), now.into(), goes_at.into()]).await?;
    Ok(())
}

/// The bytes on this backend are those of the row now, or there are none.
pub(super) async fn forget(conn: &impl ConnectionTrait, id: StorageObjectId, backend: &str) -> Result<()> {
    let sql = "DELETE FROM storage_copy WHERE object_id = $1 AND backend = $2";
    run(conn, sql, [id.0.into(), backend.into()]).await?;
    Ok(())
}

/// Removes bytes whose time has come. Their rows stay locked meanwhile, so that no move brings them back at that moment.
///
/// # Errors
/// Those of the database.
pub async fn clear_batch(app: &App, now: DateTime<Utc>) -> Result<Cleared> {
    let tx = platform::db::begin(&app.db).await?;
    let sql = "SELECT c.object_id, c.backend,
                      EXISTS (SELECT 1 FROM storage_object o WHERE o.id = c.object_id AND o.backend = c.backend) AS is_home
                 FROM storage_copy c WHERE c.goes_at <= $1 ORDER BY c.goes_at LIMIT $2 FOR UPDATE OF c SKIP LOCKED";
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, [now.into(), BATCH.into()]);
    let due = Due::find_by_statement(query).all(&tx).await?;
    let mut cleared = Cleared { seen: due.len() as u64, ..Cleared::default() };
    for copy in due {
        let id = StorageObjectId(copy.object_id);
        // They became the row's own again.
        let outcome = if copy.is_home { Ok(()) } else { app.blobs.delete(&copy.backend, id.0).await };
        match outcome {
            Ok(()) => {
                forget(&tx, id, &copy.backend).await?;
                cleared.removed += u64::from(!copy.is_home);
            }
            Err(error) => {
                tracing::error!(object = %id, backend = copy.backend, %error, "a copy could not be removed");
                note(&tx, id, &copy.backend, now, now + RETRY_AFTER).await?;
                cleared.failed += 1;
            }
        }
    }
    tx.commit().await?;
    Ok(cleared)
}

async fn run<const N: usize>(conn: &impl ConnectionTrait, sql: &str, values: [Value; N]) -> Result<u64> {
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(conn.execute_raw(query).await?.rows_affected())
}
