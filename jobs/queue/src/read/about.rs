//! Schedules, workers, and what people did.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::{PgPool, Row, postgres::PgRow};
use uuid::Uuid;

use super::{filter::PAGE_MAX, job::Shown, show::show};
use crate::{sql, state::State};

/// One entry of the clock.
#[derive(Debug, Clone, Serialize)]
pub struct ScheduleShown {
    /// Its name.
    pub name: String,
    /// Six fields, UTC.
    pub cron: String,
    /// What it starts.
    pub kind: String,
    /// Where.
    pub queue: String,
    /// When it comes next; not while it is paused.
    pub next_tick: DateTime<Utc>,
    /// The last tick that was served.
    pub last_tick: Option<DateTime<Utc>>,
    /// Ticks that nobody served in time are left out; else the last of them runs.
    pub skip_missed: bool,
    /// Since when it starts nothing.
    pub paused_at: Option<DateTime<Utc>>,
    /// Who paused it.
    pub paused_by: Option<String>,
    /// Its last job, if its history is still there.
    pub last_run: Option<LastRun>,
}

/// How the last job of a schedule fared.
#[derive(Debug, Clone, Serialize)]
pub struct LastRun {
    /// Its number.
    pub id: i64,
    /// Where it stands.
    pub state: State,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why its last attempt failed, if it did.
    pub error: Option<String>,
}

impl LastRun {
    fn of(job: Shown) -> LastRun {
        let error = job.errors.into_iter().next_back().map(|failure| failure.error);
        LastRun { id: job.id, state: job.state, finished_at: job.finished_at, error }
    }
}

/// Every entry of the clock that workers have written, by name.
///
/// # Errors
/// When the database refuses.
pub async fn schedules(pool: &PgPool) -> sqlx::Result<Vec<ScheduleShown>> {
    let mut found = vec![];
    for row in sqlx::query(sql::SCHEDULES).fetch_all(pool).await? {
        let last_run = match row.try_get("last_job")? {
            Some(id) => show(pool, id).await?.map(LastRun::of),
            None => None,
        };
        found.push(ScheduleShown {
            name: row.try_get("name")?,
            cron: row.try_get("cron")?,
            kind: row.try_get("kind")?,
            queue: row.try_get("queue")?,
            next_tick: row.try_get("next_tick")?,
            last_tick: row.try_get("last_tick")?,
            skip_missed: row.try_get("skip_missed")?,
            paused_at: row.try_get("paused_at")?,
            paused_by: row.try_get("paused_by")?,
            last_run,
        });
    }
    Ok(found)
}

/// One worker process.
#[derive(Debug, Clone, Serialize)]
pub struct WorkerShown {
    /// Random per start.
    pub id: Uuid,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it was last heard of; it reports every 5 s.
    pub seen_at: DateTime<Utc>,
    /// It takes nothing more.
    pub draining: bool,
    /// Its process.
    pub pid: i32,
    /// Its machine.
    pub host: String,
    /// Its program's version.
    pub version: String,
    /// `{queue: slots}`
    pub slots: Value,
    /// `{queue: jobs that run}`
    pub busy: Value,
    /// Not heard of for a minute.
    pub lost: bool,
}

/// Every worker that was heard of within a day, the newest first.
///
/// # Errors
/// When the database refuses.
pub async fn workers(pool: &PgPool) -> sqlx::Result<Vec<WorkerShown>> {
    sqlx::query(sql::WORKERS).fetch_all(pool).await?.iter().map(worker).collect()
}

fn worker(row: &PgRow) -> sqlx::Result<WorkerShown> {
    Ok(WorkerShown {
        id: row.try_get("id")?,
        started_at: row.try_get("started_at")?,
        seen_at: row.try_get("seen_at")?,
        draining: row.try_get("draining")?,
        pid: row.try_get("pid")?,
        host: row.try_get("host")?,
        version: row.try_get("version")?,
        slots: row.try_get("slots")?,
        busy: row.try_get("busy")?,
        lost: row.try_get("lost")?,
    })
}

/// One thing that somebody did to jobs, queues or schedules.
#[derive(Debug, Clone, Serialize)]
pub struct ActionShown {
    /// Its number; younger ones have larger ones.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub who: String,
    /// What.
    pub action: String,
    /// To what.
    pub target: Value,
    /// How many rows it changed.
    pub changed: i64,
}

/// What was done, youngest first, at most `limit` and only before the action numbered `before`.
///
/// # Errors
/// When the database refuses.
pub async fn actions(pool: &PgPool, before: Option<i64>, limit: i64) -> sqlx::Result<Vec<ActionShown>> {
    let query = sqlx::query(sql::ACTIONS).bind(before.unwrap_or(i64::MAX)).bind(limit.clamp(1, PAGE_MAX));
    query.fetch_all(pool).await?.iter().map(action).collect()
}

fn action(row: &PgRow) -> sqlx::Result<ActionShown> {
    Ok(ActionShown {
        id: row.try_get("id")?,
        at: row.try_get("at")?,
        who: row.try_get("who")?,
        action: row.try_get("action")?,
        target: row.try_get("target")?,
        changed: row.try_get("changed")?,
    })
}
