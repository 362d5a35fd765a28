//! One job as people and programs see it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{Row, postgres::PgRow, types::Json};
use uuid::Uuid;

use crate::{enqueue::HOUSEKEEPING, state::State};

/// Why one attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Which attempt, from 1.
    pub attempt: i16,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// How long it ran, in milliseconds.
    #[serde(default)]
    pub ms: Option<i64>,
    /// The error with its causes, at most 4 000 characters.
    pub error: String,
}

/// One job, whatever its state.
#[derive(Debug, Clone, Serialize)]
pub struct Shown {
    /// Its number; younger jobs have larger ones.
    pub id: i64,
    /// Where it stands.
    pub state: State,
    /// Its queue.
    pub queue: String,
    /// Its kind.
    pub kind: String,
    /// Higher runs first.
    pub priority: i16,
    /// Starts only when its worker has nothing else to do, or after a long wait.
    pub housekeeping: bool,
    /// Attempts started so far, snoozes not counted.
    pub attempt: i16,
    /// After this many it is a dead job.
    pub max_attempts: i16,
    /// Whose work it is.
    pub tenant: Option<Uuid>,
    /// Only one unfinished job of a kind has it.
    pub unique_key: Option<String>,
    /// What its handler gets.
    pub payload: Value,
    /// Who asked for it.
    pub origin: Option<Value>,
    /// What it belongs to, as a W3C trace context; see [`Shown::trace_id`].
    pub trace: Option<String>,
    /// What it told about itself: `{done, total, message, log}`.
    pub progress: Option<Value>,
    /// Every failed attempt, oldest first.
    pub errors: Vec<Failure>,
    /// How far the clock of its runs is moved, in milliseconds.
    pub clock_shift_ms: i64,
    /// Who runs it or ran it last.
    pub worker_id: Option<Uuid>,
    /// When it was asked for.
    pub enqueued_at: DateTime<Utc>,
    /// When it was or is due.
    pub run_at: DateTime<Utc>,
    /// When its last attempt started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended for good.
    pub finished_at: Option<DateTime<Utc>>,
    /// Who asked for it to be cancelled, while it still runs.
    pub cancel_by: Option<String>,
}

/// The columns of [`Shown`] that every table of jobs has.
pub(crate) const COLUMNS: &str = "id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, \
    origin, trace, progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at";

impl Shown {
    /// The trace that every attempt belongs to, 32 hexadecimal digits.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace.as_deref()?.split('-').nth(1).filter(|id| id.len() == 32)
    }

    /// A row with the columns of its fields, and the name of its state.
    pub(crate) fn of_row(row: &PgRow) -> sqlx::Result<Shown> {
        let state: State = row.try_get::<&str, _>("state")?.parse().map_err(undecodable)?;
        let priority: i16 = row.try_get("priority")?;
        let errors: Option<Json<Vec<Failure>>> = row.try_get("errors")?;
        Ok(Shown {
            id: row.try_get("id")?,
            state,
            queue: row.try_get("queue")?,
            kind: row.try_get("kind")?,
            priority: if priority < 0 { priority + HOUSEKEEPING } else { priority },
            housekeeping: priority < 0,
            attempt: row.try_get("attempt")?,
            max_attempts: row.try_get("max_attempts")?,
            tenant: row.try_get("tenant")?,
            unique_key: row.try_get("unique_key")?,
            payload: row.try_get("payload")?,
            origin: row.try_get("origin")?,
            trace: row.try_get("trace")?,
            progress: row.try_get("progress")?,
            errors: errors.map(|Json(errors)| errors).unwrap_or_default(),
            clock_shift_ms: row.try_get("clock_shift_ms")?,
            worker_id: row.try_get("worker_id")?,
            enqueued_at: row.try_get("enqueued_at")?,
            run_at: row.try_get("run_at")?,
            started_at: row.try_get("started_at")?,
            finished_at: row.try_get("finished_at")?,
            cancel_by: row.try_get("cancel_by")?,
        })
    }
}

fn undecodable(text: String) -> sqlx::Error {
    sqlx::Error::Decode(text.into())
}
