//! What people and programs see of jobs: one of them, a page of them, how one ended, how queues fare.

mod about;
mod failing;
mod groups;
mod newest;
mod page;
mod samples;
mod sorted;
mod standing;
mod stats;

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::{PgPool, Row, postgres::PgRow, types::Json};
use uuid::Uuid;

pub use about::{ActionShown, LastRun, ScheduleShown, WorkerShown, actions, schedules, workers};
pub use failing::{FAILING_LOOKED_AT, Failing, failing};
pub use groups::{GROUPS_LOOKED_AT, Group, groups};
pub use newest::newest;
pub use page::{Page, list};
pub use samples::{Sample, samples};
pub use sorted::{Cursor, Order, SortedPage, sorted};
pub use standing::{AHEAD_MAX, Standing, standing};
pub(crate) use stats::{COUNT_MAX, oldest_ready};
pub use stats::{Depth, QueueStats, stats};

use crate::enqueue::HOUSEKEEPING;

/// Most jobs on one page.
pub const PAGE_MAX: i64 = 1_000;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Waits for its time: asked for later, or for the next attempt.
    Scheduled,
    /// Waits for a free slot.
    Ready,
    /// A worker has it.
    Running,
    /// Ended well.
    Done,
    /// Dead letter: failed for good, kept until somebody retries or discards it.
    Dead,
    /// A dead letter that somebody threw away.
    Discarded,
    /// Somebody ended it before it was done.
    Cancelled,
}

impl State {
    /// Every state, in the order of a job's life.
    pub const ALL: [State; 7] = [
        State::Scheduled,
        State::Ready,
        State::Running,
        State::Done,
        State::Dead,
        State::Discarded,
        State::Cancelled,
    ];

    /// Nothing more will happen to it by itself.
    pub fn is_final(self) -> bool {
        !matches!(self, State::Scheduled | State::Ready | State::Running)
    }

    /// Its name, as in JSON.
    pub fn name(self) -> &'static str {
        match self {
            State::Scheduled => "scheduled",
            State::Ready => "ready",
            State::Running => "running",
            State::Done => "done",
            State::Dead => "dead",
            State::Discarded => "discarded",
            State::Cancelled => "cancelled",
        }
    }

    /// As the queries number it: unfinished 0 to 2, dead 4, history 10 + outcome.
    pub(crate) fn code(self) -> i16 {
        match self {
            State::Scheduled => 0,
            State::Ready => 1,
            State::Running => 2,
            State::Dead => 4,
            State::Done => 10,
            State::Discarded => 12,
            State::Cancelled => 13,
        }
    }

    fn of_code(code: i16) -> Option<State> {
        State::ALL.into_iter().find(|state| state.code() == code)
    }
}

impl std::fmt::Display for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

impl std::str::FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<State, String> {
        let names = State::ALL.map(State::name).join(", ");
        let found = State::ALL.into_iter().find(|state| state.name() == text);
        found.ok_or_else(|| format!("no state {text:?}: one of {names}"))
    }
}

/// Why one attempt failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Which attempt, from 1.
    pub attempt: i16,
    /// When it was booked.
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
    /// After this many it is a dead letter.
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

/// Which jobs. Empty fields do not choose.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Filter {
    /// Only these states; empty: all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<State>,
    /// Only this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Only this queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
    /// Only this tenant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<Uuid>,
    /// Enqueued at this moment or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Only those with this text in one of their errors, in small or capital letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Only dead letters with this fingerprint: see [`Group`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Only older ones than this: where the page before ended.
    #[serde(skip)]
    pub before: Option<i64>,
    /// At most this many, 1 to [`PAGE_MAX`]; 0: 100.
    #[serde(skip)]
    pub limit: i64,
}

impl Shown {
    /// The trace that every attempt belongs to, 32 hexadecimal digits.
    pub fn trace_id(&self) -> Option<&str> {
        self.trace.as_deref()?.split('-').nth(1).filter(|id| id.len() == 32)
    }
}

/// The columns of [`Shown`], but for its state and its end.
const COLUMNS: &str = "id, queue, kind, priority, attempt, max_attempts, tenant, unique_key, payload, origin, trace, \
    progress, errors, clock_shift_ms, worker_id, enqueued_at, run_at, started_at";

/// In the place of all columns of a job after its id.
fn nulls() -> String {
    vec!["null"; COLUMNS.matches(',').count() + 2].join(", ")
}

/// The places a job can be in: its table, the number of its state, and the columns that only unfinished jobs have.
const PLACES: [(&str, &str, &str); 4] = [
    ("queue.job", "state", "null::timestamptz as finished_at, cancel_by"),
    ("queue.job_dead", "4::smallint", "finished_at, null::text as cancel_by"),
    ("queue.job_done", "10::smallint", "finished_at, null::text as cancel_by"),
    ("queue.job_void", "(10 + outcome)::smallint", "finished_at, null::text as cancel_by"),
];

/// One job, or `None` when there is none with this id, or its history was dropped.
///
/// # Errors
/// When the database refuses.
pub async fn show(pool: &PgPool, id: i64) -> sqlx::Result<Option<Shown>> {
    // One statement has one snapshot: a job that moves meanwhile is seen exactly once.
    let parts = PLACES.map(|(table, code, own)| {
        format!("(select {code} as code, {COLUMNS}, {own} from {table} where id = $1 limit 1)")
    });
    let row =
        sqlx::query(sqlx::AssertSqlSafe(parts.join(" union all "))).bind(id).fetch_optional(pool).await?;
    row.as_ref().map(shown).transpose()
}

fn shown(row: &PgRow) -> sqlx::Result<Shown> {
    let code: i16 = row.try_get("code")?;
    let state = State::of_code(code);
    let priority: i16 = row.try_get("priority")?;
    let errors: Option<Json<Vec<Failure>>> = row.try_get("errors")?;
    Ok(Shown {
        id: row.try_get("id")?,
        state: state.ok_or_else(|| sqlx::Error::Decode(format!("no state has the number {code}").into()))?,
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

/// Waits until the job ended for good, looking every 20 to 500 ms. `None`: no such job, or not within `limit`.
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
