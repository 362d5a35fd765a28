//! One job, now or when it has ended.

use std::time::Duration;

use sqlx::PgPool;

use super::job::Shown;
use crate::sql;

/// One job, or `None` when there is none with this id, or its history was dropped.
///
/// # Errors
/// When the database refuses.
pub async fn show(pool: &PgPool, id: i64) -> sqlx::Result<Option<Shown>> {
    let row = sqlx::query(sql::SHOW).bind(id).fetch_optional(pool).await?;
    row.as_ref().map(Shown::of_row).transpose()
}

/// Waits until the job ended for good, asking every 20 to 500 ms. `None`: no such job, or not within `limit`.
///
/// # Errors
/// When the database refuses.
pub async fn wait(pool: &PgPool, id: i64, limit: Duration) -> sqlx::Result<Option<Shown>> {
    let mut pause = Duration::from_millis(20);
    let ended = async {
        loop {
            match show(pool, id).await? {
                None => return Ok(None),
                Some(shown) if shown.state.is_final() => return Ok(Some(shown)),
                Some(_) => tokio::time::sleep(pause).await,
            }
            pause = (pause * 5 / 4).min(Duration::from_millis(500));
        }
    };
    tokio::time::timeout(limit, ended).await.unwrap_or(Ok(None))
}
