//! Enqueueing: one row through the caller's connection, so that it commits with what it is about.

use atelier_queue::{Bind, NewJob};
use chrono::{DateTime, Utc};
use platform::{app::App, trace};
use sea_orm::{ConnectionTrait, DbErr, Value};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::job::{Job, new_job};

/// How this one job differs from others of its kind.
#[derive(Debug, Clone)]
pub struct Enqueue {
    /// Not before this moment. Wins over `delay`.
    pub run_at: Option<DateTime<Utc>>,
    /// Not before this much time has passed. Default none.
    pub delay: chrono::Duration,
    /// Instead of the kind's own. Higher runs first, 0 to 10 000.
    pub priority: Option<i16>,
    /// Not started by then: a dead letter that says so. Default: it may start whenever.
    pub deadline: Option<DateTime<Utc>>,
    /// Who asked for it.
    pub origin: Origin,
    /// Moves the clock that this run sees. Default none.
    pub clock_shift: chrono::Duration,
}

impl Default for Enqueue {
    fn default() -> Enqueue {
        Enqueue {
            run_at: None,
            delay: chrono::Duration::zero(),
            priority: None,
            deadline: None,
            origin: Origin::default(),
            clock_shift: chrono::Duration::zero(),
        }
    }
}

/// Who asked for a job, for people who read it later.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The request, as in the log.
    pub request_id: Option<String>,
    /// Whose request.
    pub profile_id: Option<Uuid>,
    /// The job that asked.
    pub parent: Option<i64>,
}

impl Origin {
    fn to_json(&self) -> Option<serde_json::Value> {
        let mut fields = serde_json::Map::new();
        fields.extend(self.request_id.as_ref().map(|id| ("request_id".to_owned(), id.as_str().into())));
        fields.extend(self.profile_id.map(|id| ("profile_id".to_owned(), id.to_string().into())));
        fields.extend(self.parent.map(|id| ("parent".to_owned(), id.into())));
        (!fields.is_empty()).then_some(serde_json::Value::Object(fields))
    }
}

/// Why a job was not written.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// No job has this name.
    #[error("no job is called {0:?}")]
    Unknown(String),
    /// The payload does not fit the job.
    #[error("the arguments do not fit: {0}")]
    Payload(#[from] serde_json::Error),
    /// A limit of the queue.
    #[error(transparent)]
    Refused(#[from] atelier_queue::EnqueueError),
    /// The database refused.
    #[error("the job could not be written: {0}")]
    Database(#[from] DbErr),
}

/// Writes `job` through `conn`, usually a transaction, and gives its number. `None`: an unfinished one with the same
/// unique key is there already. Call [`Waker::wake`] after the commit.
///
/// # Errors
/// As [`EnqueueError`] says; nothing was written then.
pub async fn enqueue<J: Job>(
    conn: &impl ConnectionTrait,
    job: &J,
    options: Enqueue,
) -> Result<Option<i64>, EnqueueError> {
    insert(conn, new_job(job)?, options).await
}

pub(crate) async fn insert(
    conn: &impl ConnectionTrait,
    mut job: NewJob,
    options: Enqueue,
) -> Result<Option<i64>, EnqueueError> {
    job.run_at = options.run_at;
    job.delay = options.delay;
    job.priority = options.priority.unwrap_or(job.priority);
    job.deadline = options.deadline;
    job.origin = options.origin.to_json();
    job.clock_shift = options.clock_shift;
    let around = trace::current();
    let step = platform::step!("enqueue", otel.kind = "producer", kind = job.kind, queue = job.queue);
    // The job continues this trace. Outside of one it begins its own, of which nobody has decided yet.
    let here = around.and_then(|_| step.in_scope(trace::current));
    job.trace = Some(here.map_or_else(trace::new_trace, |here| here.to_string()));
    write(conn, job).instrument(step).await
}

async fn write(conn: &impl ConnectionTrait, job: NewJob) -> Result<Option<i64>, EnqueueError> {
    let insert = job.into_insert()?;
    let values: Vec<Value> = insert.binds.into_iter().map(value).collect();
    let statement = platform::db::sql(insert.sql, values);
    let row = conn.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "id")).transpose()?)
}

fn value(bind: Bind) -> Value {
    match bind {
        Bind::Text(v) => v.into(),
        Bind::Json(v) => v.into(),
        Bind::I16(v) => v.into(),
        Bind::I32(v) => v.into(),
        Bind::I64(v) => v.into(),
        Bind::Bool(v) => v.into(),
        Bind::Uuid(v) => v.into(),
        Bind::Time(v) => v.into(),
    }
}

/// Tells the workers of every process that jobs were committed. Cheap to clone. A wake-up that is lost costs at most
/// a second, never a job.
#[derive(Debug, Clone)]
pub struct Waker(atelier_queue::Waker);

impl Waker {
    /// Starts its task, with a connection of its own.
    pub fn start(app: &App) -> Waker {
        Waker(atelier_queue::Waker::start(&app.pool))
    }

    /// Call after the commit. Never blocks; many calls make one message.
    pub fn wake(&self) {
        self.0.wake();
    }

    /// Call after the commit of a job for later.
    pub fn wake_scheduled(&self) {
        self.0.wake_scheduled();
    }
}
