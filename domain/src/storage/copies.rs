//! Bytes that a move leaves behind, or has not finished bringing: each has a row until it is gone.

use super::sweep::RETRY_AFTER;
use crate::error::Result;
use chrono::{DateTime, Utc};
use entities::ids::StorageObjectId;
use platform::app::App;
use sea_orm::{ConnectionTrait, FromQueryResult};
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

/// Notes that somebody is about to bring bytes to a backend; what is there at `goes_at`, and not the row's own, goes.
/// None when a sweep is removing what is there just now. Whoever was bringing them before has lost.
pub(super) async fn claim(
    conn: &impl ConnectionTrait,
    id: StorageObjectId,
    backend: &str,
    now: DateTime<Utc>,
    goes_at: DateTime<Utc>,
) -> Result<Option<Uuid>> {
    let bringer = platform::ids::random_id();
    let sql = "INSERT INTO storage_copy AS c (object_id, backend, created_at, goes_at, bringer)
               VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (object_id, backend) DO UPDATE SET goes_at = excluded.goes_at, bringer = excluded.bringer
                WHERE NOT c.is_going";
    let values = [id.0.into(), backend.into(), now.into(), goes_at.into(), bringer.into()];
    Ok((conn.execute_raw(platform::db::sql(sql, values)).await?.rows_affected() == 1).then_some(bringer))
}

/// The bytes that this bringer brought are those of the row from now on. False when somebody else was faster, or a
/// sweep: they may not be there any more.
pub(super) async fn keep(
    conn: &impl ConnectionTrait,
    id: StorageObjectId,
    backend: &str,
    bringer: Uuid,
) -> Result<bool> {
    let sql =
        "DELETE FROM storage_copy WHERE object_id = $1 AND backend = $2 AND bringer = $3 AND NOT is_going";
    Ok(conn
        .execute_raw(platform::db::sql(sql, [id.0.into(), backend.into(), bringer.into()]))
        .await?
        .rows_affected()
        == 1)
}

/// Notes that a backend may have bytes which are not those of the row; they go at `goes_at`, or later when a note says
/// so already.
pub(super) async fn leave(
    conn: &impl ConnectionTrait,
    id: StorageObjectId,
    backend: &str,
    now: DateTime<Utc>,
    goes_at: DateTime<Utc>,
) -> Result<()> {
    let sql = "INSERT INTO storage_copy AS c (object_id, backend, created_at, goes_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (object_id, backend) DO UPDATE SET
                  goes_at = CASE WHEN c.is_going THEN c.goes_at ELSE greatest(c.goes_at, excluded.goes_at) END,
                  is_again = c.is_going";
    conn.execute_raw(platform::db::sql(sql, [id.0.into(), backend.into(), now.into(), goes_at.into()]))
        .await?;
    Ok(())
}

/// What this bringer brought is of no use: it may go at once.
pub(super) async fn drop(
    conn: &impl ConnectionTrait,
    id: StorageObjectId,
    backend: &str,
    bringer: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    let sql = "UPDATE storage_copy SET goes_at = $4, bringer = NULL
                WHERE object_id = $1 AND backend = $2 AND bringer = $3 AND NOT is_going";
    if conn
        .execute_raw(platform::db::sql(sql, [id.0.into(), backend.into(), bringer.into(), now.into()]))
        .await?
        .rows_affected()
        == 0
    {
        leave(conn, id, backend, now, now).await?;
    }
    Ok(())
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
        if app
            .db
            .execute_raw(platform::db::sql(gone, [object_id.into(), backend.clone().into()]))
            .await?
            .rows_affected()
            == 0
        {
            let again = "UPDATE storage_copy SET is_going = false, is_again = false, goes_at = $3
                          WHERE object_id = $1 AND backend = $2";
            app.db
                .execute_raw(platform::db::sql(again, [object_id.into(), backend.into(), now.into()]))
                .await?;
        }
        cleared.removed += 1;
    }
    Ok(cleared)
}

/// Commits which bytes are to go. Those that became a row's own again are let be.
async fn decide(app: &App, now: DateTime<Utc>) -> Result<Vec<Due>> {
    let tx = platform::db::begin(&app.db).await?;
    tx.execute_raw(platform::db::sql(HOME, [now.into(), BATCH.into()])).await?;
    let values = [now.into(), BATCH.into(), (now + RETRY_AFTER).into()];
    let due = Due::find_by_statement(platform::db::sql(GOING, values)).all(&tx).await?;
    tx.commit().await?;
    Ok(due)
}

const HOME: &str = "
    WITH due AS (
           SELECT c.object_id, c.backend FROM storage_copy c
            WHERE c.goes_at <= $1 ORDER BY c.goes_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    DELETE FROM storage_copy c USING due d, storage_object o
     WHERE c.object_id = d.object_id AND c.backend = d.backend
       AND o.id = c.object_id AND o.backend = c.backend AND o.state <> 'deleting'";

const GOING: &str = "
    WITH due AS (
           SELECT c.object_id, c.backend FROM storage_copy c
            WHERE c.goes_at <= $1 ORDER BY c.goes_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    UPDATE storage_copy c SET is_going = true, goes_at = $3 FROM due d
     WHERE c.object_id = d.object_id AND c.backend = d.backend
       AND NOT EXISTS (SELECT 1 FROM storage_object o
                        WHERE o.id = c.object_id AND o.backend = c.backend AND o.state <> 'deleting')
    RETURNING c.object_id, c.backend";
