//! What people do to the clock: pause an entry, let it go on, start it now.

use serde_json::json;
use sqlx::{PgPool, Postgres, Transaction};

use crate::action::{self, SteerError};

/// The entry starts nothing until it is resumed. Answers whether it was not paused before.
///
/// # Errors
/// No such entry, or the database refuses.
pub async fn pause_schedule(pool: &PgPool, name: &str, who: &str) -> Result<bool, SteerError> {
    let sql =
        "update queue.schedule set paused_at = now(), paused_by = $2 where name = $1 and paused_at is null";
    change(pool, name, who, "pause-schedule", sql).await
}

/// The entry goes on. Ticks that came while it was paused count as missed. Answers whether it was paused.
///
/// # Errors
/// No such entry, or the database refuses.
pub async fn resume_schedule(pool: &PgPool, name: &str, who: &str) -> Result<bool, SteerError> {
    let sql = "update queue.schedule set paused_at = null, paused_by = null \
        where name = $1 and paused_at is not null and $2 is not null";
    change(pool, name, who, "resume-schedule", sql).await
}

async fn change(
    pool: &PgPool,
    name: &str,
    who: &str,
    action: &str,
    sql: &'static str,
) -> Result<bool, SteerError> {
    let mut tx = pool.begin().await?;
    is_known(&mut tx, name).await?;
    let changed = sqlx::query(sql).bind(name).bind(who.to_owned()).execute(&mut *tx).await?.rows_affected();
    action::record(&mut tx, who, action, &json!({"schedule": name}), changed).await?;
    tx.commit().await?;
    Ok(changed > 0)
}

/// Starts the entry's job now, beside its ticks, paused or not. `None`: the one of an earlier tick is not finished yet.
///
/// # Errors
/// No such entry, or the database refuses.
pub async fn run_schedule(pool: &PgPool, name: &str, who: &str) -> Result<Option<i64>, SteerError> {
    let sql = "insert into queue.job (lane, queue, kind, unique_key, payload, priority, max_attempts, timeout_ms, origin) \
        select queue.lane(kind, null), queue, kind, unique_key, payload, case when priority < 0 then priority + $3 else priority end, \
          max_attempts, timeout_ms, jsonb_build_object('schedule', name, 'by', $2::text) \
        from queue.schedule where name = $1 \
        on conflict (kind, unique_key) where unique_key is not null do nothing returning id";
    let mut tx = pool.begin().await?;
    is_known(&mut tx, name).await?;
    let query = sqlx::query_scalar::<_, i64>(sql).bind(name).bind(who).bind(crate::enqueue::HOUSEKEEPING);
    let id = query.fetch_optional(&mut *tx).await?;
    // A tick of its own, so that the entry shows how it fared.
    let tick = "insert into queue.tick (name, tick, job_id) values ($1, now(), $2) on conflict do nothing";
    if id.is_some() {
        sqlx::query(tick).bind(name).bind(id).execute(&mut *tx).await?;
    }
    action::record(&mut tx, who, "run-schedule", &json!({"schedule": name}), u64::from(id.is_some())).await?;
    action::tell(&mut tx, "").await?;
    tx.commit().await?;
    Ok(id)
}

async fn is_known(tx: &mut Transaction<'_, Postgres>, name: &str) -> Result<(), SteerError> {
    let sql = "select exists (select 1 from queue.schedule where name = $1)";
    let known: bool = sqlx::query_scalar(sql).bind(name).fetch_one(&mut **tx).await?;
    let unknown = || format!("there is no schedule {name:?}; workers write theirs when they start");
    known.then_some(()).ok_or_else(|| SteerError::Refused(unknown()))
}
