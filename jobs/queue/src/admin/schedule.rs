//! What people do to schedules: pause one, let it go on, start its job now.

use serde_json::json;
use sqlx::{PgPool, Postgres, Transaction};

use super::record::{AdminError, record};
use crate::{
    begin::begin,
    channel::{Message, notify},
    enqueue::HOUSEKEEPING,
    sql,
};

/// The entry starts nothing until it is resumed. Answers whether it was not paused before.
///
/// # Errors
/// No such entry, or the database refuses.
pub async fn pause_schedule(pool: &PgPool, name: &str, who: &str) -> Result<bool, AdminError> {
    let mut tx = begin(pool).await?;
    is_known(&mut tx, name).await?;
    let paused = sqlx::query(sql::SCHEDULE_PAUSE).bind(name).bind(who).execute(&mut *tx).await?;
    end(tx, name, who, "pause-schedule", paused.rows_affected()).await
}

/// The entry goes on. Ticks that came while it was paused count as missed. Answers whether it was paused.
///
/// # Errors
/// No such entry, or the database refuses.
pub async fn resume_schedule(pool: &PgPool, name: &str, who: &str) -> Result<bool, AdminError> {
    let mut tx = begin(pool).await?;
    is_known(&mut tx, name).await?;
    let resumed = sqlx::query(sql::SCHEDULE_RESUME).bind(name).execute(&mut *tx).await?;
    end(tx, name, who, "resume-schedule", resumed.rows_affected()).await
}

async fn end(
    mut tx: Transaction<'_, Postgres>,
    name: &str,
    who: &str,
    action: &str,
    changed: u64,
) -> Result<bool, AdminError> {
    record(&mut tx, who, action, &json!({"schedule": name}), changed).await?;
    tx.commit().await?;
    Ok(changed > 0)
}

/// Starts the entry's job now, beside its ticks, paused or not. `None`: the one of an earlier tick is not finished yet.
///
/// # Errors
/// No such entry, or the database refuses.
pub async fn run_schedule(pool: &PgPool, name: &str, who: &str) -> Result<Option<i64>, AdminError> {
    let mut tx = begin(pool).await?;
    is_known(&mut tx, name).await?;
    let query = sqlx::query_scalar::<_, i64>(sql::SCHEDULE_RUN).bind(name).bind(who).bind(HOUSEKEEPING);
    let id = query.fetch_optional(&mut *tx).await?;
    if let Some(id) = id {
        sqlx::query(sql::SCHEDULE_RUN_TICK).bind(name).bind(id).execute(&mut *tx).await?;
    }
    record(&mut tx, who, "run-schedule", &json!({"schedule": name}), u64::from(id.is_some())).await?;
    notify(&mut *tx, Message::Ready).await?;
    tx.commit().await?;
    Ok(id)
}

async fn is_known(tx: &mut Transaction<'_, Postgres>, name: &str) -> Result<(), AdminError> {
    let known: bool = sqlx::query_scalar(sql::SCHEDULE_EXISTS).bind(name).fetch_one(&mut **tx).await?;
    let unknown = || format!("there is no schedule {name:?}; workers write theirs when they start");
    known.then_some(()).ok_or_else(|| AdminError::Refused(unknown()))
}
