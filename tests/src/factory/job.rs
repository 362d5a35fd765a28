//! Jobs as they stand in the queue at some moment. A job that is to run comes from `jobs::enqueue`, or is put into the
//! queue itself with `atelier_queue::enqueue`.

use chrono::{DateTime, TimeDelta, Utc};
use jobs::read::State;
use platform::db::sql;
use sea_orm::ConnectionTrait;
use serde::Serialize;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::now;

/// One job: its columns, as far as tests need them.
#[derive(Debug, Clone, Serialize)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// Which handler.
    pub kind: String,
    /// Which queue.
    pub queue: String,
    /// What the handler gets.
    pub payload: Json,
    /// Where it stands, which decides about the table.
    #[serde(serialize_with = "number")]
    pub state: State,
    /// As the column has it: 100 of most, negative of housekeeping.
    pub priority: i16,
    /// How often it was started.
    pub attempt: i16,
    /// How often it may be started.
    pub max_attempts: i16,
    /// Whose work it is.
    pub tenant: Option<Uuid>,
    /// Who asked for it.
    pub origin: Option<Json>,
    /// How far it came.
    pub progress: Option<Json>,
    /// One for every failed attempt.
    pub errors: Option<Json>,
    /// When it was asked for.
    pub enqueued_at: DateTime<Utc>,
    /// When it may start.
    pub run_at: DateTime<Utc>,
    /// When it was started last.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended, of one that has.
    pub finished_at: DateTime<Utc>,
}

impl Job {
    /// One that can start.
    pub fn ready(id: i64, kind: &str) -> Job {
        let at = now();
        Job {
            id,
            kind: kind.to_owned(),
            queue: "default".to_owned(),
            payload: json!({}),
            state: State::Ready,
            priority: 100,
            attempt: 0,
            max_attempts: 10,
            tenant: None,
            origin: None,
            progress: None,
            errors: None,
            enqueued_at: at,
            run_at: at,
            started_at: None,
            finished_at: at,
        }
    }

    /// One for tomorrow.
    pub fn scheduled(id: i64, kind: &str) -> Job {
        Job { state: State::Scheduled, run_at: now() + TimeDelta::days(1), ..Job::ready(id, kind) }
    }

    /// One that a worker has.
    pub fn running(id: i64, kind: &str) -> Job {
        Job { state: State::Running, attempt: 1, started_at: Some(now()), ..Job::ready(id, kind) }
    }

    /// One that has failed for good, at its third and last attempt, and why.
    pub fn dead(id: i64, kind: &str, error: impl Into<String>) -> Job {
        let errors = json!([{"attempt": 3, "at": now(), "ms": 12, "error": error.into()}]);
        let (attempt, max_attempts) = (3, 3);
        Job { state: State::Dead, attempt, max_attempts, errors: Some(errors), ..Job::ready(id, kind) }
    }

    /// One that ended well, at its first attempt.
    pub fn done(id: i64, kind: &str) -> Job {
        Job { state: State::Done, attempt: 1, started_at: Some(now()), ..Job::ready(id, kind) }
    }
}

const UNFINISHED: &str = "
    INSERT INTO queue.job (id, run_at, enqueued_at, started_at, lease_until, lease_token, lane, tenant, state, priority,
           attempt, max_attempts, queue, kind, payload, origin, progress, errors)
    SELECT id, run_at, enqueued_at, started_at, CASE state WHEN 2 THEN now() + interval '1 day' END,
           CASE state WHEN 2 THEN id END, queue.lane(kind, tenant), tenant, state, priority, attempt, max_attempts,
           queue, kind, payload, origin, progress, errors
      FROM jsonb_populate_recordset(null::queue.job, $1)";
const DEAD: &str = "
    INSERT INTO queue.job_dead (id, finished_at, run_at, enqueued_at, started_at, clock_shift_ms, tenant, priority,
           attempt, max_attempts, queue, kind, payload, origin, progress, errors)
    SELECT id, finished_at, run_at, enqueued_at, started_at, 0, tenant, priority, attempt, max_attempts, queue, kind,
           payload, origin, progress, errors
      FROM jsonb_populate_recordset(null::queue.job_dead, $1)";
const DONE: &str = "
    INSERT INTO queue.job_done (id, finished_at, run_at, enqueued_at, started_at, clock_shift_ms, tenant, priority,
           attempt, max_attempts, queue, kind, payload, origin, progress, errors)
    SELECT id, finished_at, run_at, enqueued_at, started_at, 0, tenant, priority, attempt, max_attempts, queue, kind,
           payload, origin, progress, errors
      FROM jsonb_populate_recordset(null::queue.job_done, $1)";

/// Writes jobs where they stand.
///
/// # Panics
/// When the database refuses one, such as one that ended on a day of which no history is kept, or when one was ended by
/// somebody: that is done through `jobs::admin`.
pub async fn insert_jobs(db: &impl ConnectionTrait, jobs: impl IntoIterator<Item = Job>) {
    let (mut unfinished, mut dead, mut done) = (vec![], vec![], vec![]);
    for job in jobs {
        match job.state {
            State::Scheduled | State::Ready | State::Running => unfinished.push(job),
            State::Dead => dead.push(job),
            State::Done => done.push(job),
            State::Discarded | State::Cancelled => panic!("job {}: end it through jobs::admin", job.id),
        }
    }
    for (text, rows) in [(UNFINISHED, unfinished), (DEAD, dead), (DONE, done)] {
        db.execute_raw(sql(text, [json!(rows).into()]))
            .await
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

/// As the table of unfinished ones has it; the others have no such column.
fn number<S: serde::Serializer>(state: &State, to: S) -> Result<S::Ok, S::Error> {
    let number: i16 = match state {
        State::Scheduled => 0,
        State::Ready => 1,
        _ => 2,
    };
    number.serialize(to)
}
