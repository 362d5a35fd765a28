//! What workers leave behind: schedules, samples, and the workers themselves.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use platform::{db::sql, ids::new_id};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde_json::{Value as Json, json};

use super::now;

/// Writes the schedule of a job, as a worker does that knows it: each day, tomorrow for the first time.
///
/// # Panics
/// When there is one already.
pub async fn insert_schedule(db: &impl ConnectionTrait, kind: &str) {
    let text =
        "INSERT INTO queue.schedule (name, cron, queue, kind, payload, priority, max_attempts, next_tick)
                VALUES ($1, '0 0 0 * * ?', 'default', $1, '{}', 100, 10, $2)";
    db.execute_raw(sql(text, [kind.into(), (now() + TimeDelta::days(1)).into()])).await.expect("inserts");
}

/// Writes a worker that is at work on another machine, with so many slots of each queue and so many jobs of each that
/// run, such as `{"default": 4}`.
///
/// # Panics
/// When the database refuses it.
pub async fn insert_worker(db: &impl ConnectionTrait, host: &str, slots: Json, busy: Json) {
    let text = "INSERT INTO queue.worker (id, pid, host, version, slots, busy)
                VALUES ($1, 4711, $2, '1.2.3', $3, $4)";
    let values = [new_id().into(), host.into(), slots.into(), busy.into()];
    db.execute_raw(sql(text, values)).await.expect("inserts");
}

/// How a queue fared in one minute.
#[derive(Debug, Clone, Serialize)]
pub struct Sample {
    /// Which queue.
    pub queue: String,
    /// A moment of that minute.
    #[serde(serialize_with = "minute")]
    pub at: DateTime<Utc>,
    /// Jobs that waited for a slot.
    pub ready: i32,
    /// Jobs that ran.
    pub running: i32,
    /// How long the one that waited longest did, in seconds.
    pub oldest_s: f32,
    /// Jobs that ended well.
    pub done: i32,
    /// Attempts that failed.
    pub failed: i32,
}

impl Sample {
    /// An idle queue, so many minutes ago.
    pub fn of(queue: &str, minutes_ago: i64) -> Sample {
        let at = now() - TimeDelta::minutes(minutes_ago);
        Sample { queue: queue.to_owned(), at, ready: 0, running: 0, oldest_s: 0.0, done: 0, failed: 0 }
    }
}

/// Writes samples.
///
/// # Panics
/// When there is one of the same minute already.
pub async fn insert_samples(db: &impl ConnectionTrait, samples: impl IntoIterator<Item = Sample>) {
    let text = "INSERT INTO queue.sample (at, queue, ready, running, oldest_s, done, failed)
                SELECT at, queue, ready, running, oldest_s, done, failed
                  FROM jsonb_populate_recordset(null::queue.sample, $1)";
    let rows = json!(samples.into_iter().collect::<Vec<_>>());
    db.execute_raw(sql(text, [rows.into()])).await.expect("inserts");
}

/// As the table has it: its beginning.
fn minute<S: serde::Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(*at).serialize(to)
}
