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
}

/// Notes that a backend has, or is about to get, bytes that are not those of the row; they go at `goes_at`. False when a
/// sweep is removing what is there just now: nothing may be brought there then, and what came goes too.
pub(super) async fn note(
    conn: &impl ConnectionTrait,
    id: StorageObjectId,
    backend: &str,
    now: DateTime<Utc>,
    goes_at: DateTime<Utc>,
) -> Result<bool> {
    let sql = "INSERT INTO storage_copy AS c (object_id, backend, created_at, goes_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (object_id, backend) DO UPDATE SET
                  goes_at = CASE WHEN c.is_going THEN c.goes_at ELSE excluded.goes_at END, is_again = c.is_going
               RETURNING NOT is_going AS is_noted";
    let values = [id.0.into(), backend.into(), now.into(), goes_at.into()];
    let row = conn.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(row.map_or(Ok(false), |row| row.try_get("", "is_noted"))?)
}

/// The bytes on this backend are those of the row from now on. False when a sweep removes them, or has.
pub(super) async fn forget(conn: &impl ConnectionTrait, id: StorageObjectId, backend: &str) -> Result<bool> {
    let sql = "DELETE FROM storage_copy WHERE object_id = $1 AND backend = $2 AND NOT is_going";
    Ok(run(conn, sql, [id.0.into(), backend.into()]).await? == 1)
}

/// Removes bytes whose time has come: first the decision is committed, then the bytes go, then the notes. After a crash
/// in between, a later batch goes on.
///
/// # Errors
/// Those of the database.
pub async fn clear_batch(app: &App, now: DateTime<Utc>) -> Result<Cleared> {
    let due = decide(app, now).await?;
    let mut cleared = Cleared { seen: due.len() as u64, ..Cleared::default() };
    for Due { object_id, backend } in due {
        if let Err(error) = app.blobs.delete(&backend, object_id).await {
            tracing::error!(object = %object_id, backend, %error, "a copy could not be removed");
            cleared.failed += 1;
            continue;
        }
        let gone =
            "DELETE FROM storage_copy WHERE object_id = $1 AND backend = $2 AND is_going AND NOT is_again";
        if run(&app.db, gone, [object_id.into(), backend.clone().into()]).await? == 0 {
            let again = "UPDATE storage_copy SET is_going = false, is_again = false, goes_at = $3
                          WHERE object_id = $1 AND backend = $2";
            run(&app.db, again, [object_id.into(), backend.into(), now.into()]).await?;
        }
        cleared.removed += 1;
    }
    Ok(cleared)
}

/// Commits which bytes are to go. Those that became a row's own again are let be.
async fn decide(app: &App, now: DateTime<Utc>) -> Result<Vec<Due>> {
    const DUE: &str = "SELECT c.object_id, c.backend FROM storage_copy c
                        WHERE c.goes_at <= $1 ORDER BY c.goes_at LIMIT $2 FOR UPDATE SKIP LOCKED";
    let tx = platform::db::begin(&app.db).await?;
    let home = format!(
        "WITH due AS ({DUE})
         DELETE FROM storage_copy c USING due d, storage_object o
          WHERE c.object_id = d.object_id AND c.backend = d.backend
            AND o.id = c.object_id AND o.backend = c.backend AND o.state <> 'deleting'"
    );
    run(&tx, &home, [now.into(), BATCH.into()]).await?;
    let going = format!(
        "WITH due AS ({DUE})
         UPDATE storage_copy c SET is_going = true, goes_at = $3 FROM due d
          WHERE c.object_id = d.object_id AND c.backend = d.backend
            AND NOT EXISTS (SELECT 1 FROM storage_object o
                             WHERE o.id = c.object_id AND o.backend = c.backend AND o.state <> 'deleting')
         RETURNING c.object_id, c.backend"
    );
    let values = [now.into(), BATCH.into(), (now + RETRY_AFTER).into()];
    let query = Statement::from_sql_and_values(DbBackend::Postgres, going, values);
    let due = Due::find_by_statement(query).all(&tx).await?;
    tx.commit().await?;
    Ok(due)
}

async fn run<const N: usize>(conn: &impl ConnectionTrait, sql: &str, values: [Value; N]) -> Result<u64> {
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(conn.execute_raw(query).await?.rows_affected())
}
