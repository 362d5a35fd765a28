//! A new job: checked first, then one row through the caller's executor, so that it commits with what it is about.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{
    PgExecutor, Postgres,
    query::{Query, QueryScalar},
};
use uuid::Uuid;

use crate::sql;

/// Largest payload, in bytes of JSON. Payloads carry ids; content belongs into tables and blobs.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// Largest unique key, in bytes.
pub const UNIQUE_KEY_BYTES_MAX: usize = 512;
/// Most attempts of one job: the error of each is kept in its row.
const ATTEMPTS_MAX: i16 = 100;
/// Longest name of a queue or kind, in bytes.
pub(crate) const NAME_BYTES_MAX: usize = 100;
/// Longest trace context, in bytes.
const TRACE_BYTES_MAX: usize = 100;
/// Largest origin, in bytes of JSON.
const ORIGIN_BYTES_MAX: usize = 4 * 1024;

/// Highest priority; the lowest is 0.
pub const PRIORITY_MAX: i16 = 10_000;
/// Housekeeping is written with a priority that is lower by this, so that it stands behind all ordinary work.
pub(crate) const HOUSEKEEPING: i16 = 20_000;

/// What becomes of a job whose twin, one of the same kind with the same unique key, is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Twin {
    /// While the twin is not finished, the new job is not written. Right for work that is done anew from the start each
    /// time, such as a sweep.
    #[default]
    KeepUnfinished,
    /// While the twin waits, the new job is not written; a twin that has started has given up its key. Right for work
    /// that must see every change: one that comes during the run makes another run.
    KeepWaiting,
    /// A twin that waits becomes the new job, with its payload and its time: a debounce. One that has started has given
    /// up its key.
    Replace,
}

/// Why a job was refused. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum EnqueueError {
    /// The payload is not JSON.
    #[error("the payload does not encode: {0}")]
    Encode(#[from] serde_json::Error),
    /// A value is outside its limits; the text says which and what is allowed.
    #[error("{0}")]
    Limit(String),
    /// The database refused.
    #[error("the job could not be written: {0}")]
    Database(#[from] sqlx::Error),
}

/// A job that is about to be enqueued. Fields left alone mean: now, once per call, ten attempts.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Which queue; workers give slots to queues.
    pub queue: String,
    /// Which handler.
    pub kind: String,
    /// What the handler gets.
    pub payload: Value,
    /// Higher runs first, 0 to [`PRIORITY_MAX`]. Default 100.
    pub priority: i16,
    /// Runs only when its worker has nothing else to do, or when it has waited for long (see [`crate::Config`]).
    pub housekeeping: bool,
    /// How often it may be started, 1 to 100. Default 10.
    pub max_attempts: i16,
    /// Whose work it is.
    pub tenant: Option<Uuid>,
    /// Of jobs of this kind with the same key only one is kept, as `twin` says.
    pub unique_key: Option<String>,
    /// Which one. Without a unique key it says nothing.
    pub twin: Twin,
    /// Not before this moment. Wins over `delay`.
    pub run_at: Option<DateTime<Utc>>,
    /// Not before this much time has passed.
    pub delay: chrono::Duration,
    /// Not started by then: dead job.
    pub deadline: Option<DateTime<Utc>>,
    /// How long one attempt may take. `None`: the worker's default.
    pub timeout: Option<Duration>,
    /// Who asked for it, for people who read the row.
    pub origin: Option<Value>,
    /// What it belongs to, as a W3C trace context: every attempt continues it. At most 100 bytes.
    pub trace: Option<String>,
    /// Moves the clock that the run sees.
    pub clock_shift: chrono::Duration,
}

impl NewJob {
    /// A job that is ready at once.
    pub fn new(queue: &str, kind: &str, payload: Value) -> NewJob {
        NewJob {
            queue: queue.to_owned(),
            kind: kind.to_owned(),
            payload,
            priority: 100,
            housekeeping: false,
            max_attempts: 10,
            tenant: None,
            unique_key: None,
            twin: Twin::default(),
            run_at: None,
            delay: chrono::Duration::zero(),
            deadline: None,
            timeout: None,
            origin: None,
            trace: None,
            clock_shift: chrono::Duration::zero(),
        }
    }

    /// Checks every limit and gives the statement that writes the row.
    ///
    /// # Errors
    /// [`EnqueueError::Limit`] or [`EnqueueError::Encode`].
    pub fn into_insert(self) -> Result<Insert, EnqueueError> {
        self.check()?;
        let (priority, timeout_ms) = (self.stored_priority(), self.timeout_ms());
        let mut binds = vec![
            Bind::Text(Some(self.queue)),
            Bind::Text(Some(self.kind)),
            Bind::Json(Some(self.payload)),
            Bind::I16(priority),
            Bind::I16(self.max_attempts),
            Bind::Uuid(self.tenant),
            Bind::Time(self.run_at),
            Bind::I64(self.delay.num_milliseconds()),
            Bind::Time(self.deadline),
            Bind::I32(timeout_ms),
            Bind::Json(self.origin),
            Bind::I64(self.clock_shift.num_milliseconds()),
            Bind::Text(self.trace),
        ];
        let Some(key) = self.unique_key else { return Ok(Insert { sql: sql::ENQUEUE, binds }) };
        binds.extend([Bind::Text(Some(key)), Bind::Bool(self.twin != Twin::KeepUnfinished)]);
        let sql = match self.twin {
            Twin::Replace => sql::ENQUEUE_REPLACE,
            Twin::KeepUnfinished | Twin::KeepWaiting => sql::ENQUEUE_UNIQUE,
        };
        Ok(Insert { sql, binds })
    }

    /// As the column has it.
    pub(crate) fn stored_priority(&self) -> i16 {
        if self.housekeeping { self.priority - HOUSEKEEPING } else { self.priority }
    }

    pub(crate) fn timeout_ms(&self) -> Option<i32> {
        self.timeout.map(|t| i32::try_from(t.as_millis()).unwrap_or(i32::MAX).max(1))
    }

    fn check(&self) -> Result<(), EnqueueError> {
        let limit = |ok: bool, text: String| if ok { Ok(()) } else { Err(EnqueueError::Limit(text)) };
        for (what, name) in [("queue", &self.queue), ("kind", &self.kind)] {
            let ok = (1..=NAME_BYTES_MAX).contains(&name.len()) && !name.contains('\0');
            limit(
                ok,
                format!("the name of a {what} has 1 to {NAME_BYTES_MAX} bytes, this one {}", name.len()),
            )?;
        }
        check_payload(&self.payload)?;
        if let Some(key) = &self.unique_key {
            let ok = (1..=UNIQUE_KEY_BYTES_MAX).contains(&key.len()) && !key.contains('\0');
            limit(ok, format!("a unique key has 1 to {UNIQUE_KEY_BYTES_MAX} bytes, this one {}", key.len()))?;
        }
        let text = format!("max_attempts is 1 to {ATTEMPTS_MAX}, not {}", self.max_attempts);
        limit((1..=ATTEMPTS_MAX).contains(&self.max_attempts), text)?;
        let text = format!("a priority is 0 to {PRIORITY_MAX}, not {}", self.priority);
        limit((0..=PRIORITY_MAX).contains(&self.priority), text)?;
        limit(self.delay >= chrono::Duration::zero(), format!("a delay cannot be negative: {}", self.delay))?;
        limit(self.timeout.is_none_or(|t| !t.is_zero()), "a timeout cannot be 0".into())?;
        if let Some(trace) = &self.trace {
            let text =
                format!("a trace has at most {TRACE_BYTES_MAX} bytes of ASCII, this one {}", trace.len());
            let plain = trace.bytes().all(|byte| byte.is_ascii_graphic());
            limit(plain && trace.len() <= TRACE_BYTES_MAX, text)?;
        }
        if let Some(origin) = &self.origin {
            let bytes = serde_json::to_vec(origin)?;
            let text = format!("an origin has at most {ORIGIN_BYTES_MAX} bytes, this one {}", bytes.len());
            limit(bytes.len() <= ORIGIN_BYTES_MAX && !has_nul(origin), text)?;
        }
        Ok(())
    }
}

/// One checked insert: a statement and its values in order, for any database library.
#[derive(Debug)]
pub struct Insert {
    /// PostgreSQL text with `$1`…; answers one row with `id bigint`, or none when a unique twin is unfinished.
    pub sql: &'static str,
    /// Values for `$1`… in order.
    pub binds: Vec<Bind>,
}

/// One value of a statement, with its PostgreSQL type.
#[derive(Debug, Clone)]
pub enum Bind {
    /// `text`
    Text(Option<String>),
    /// `jsonb`
    Json(Option<Value>),
    /// `smallint`
    I16(i16),
    /// `integer`
    I32(Option<i32>),
    /// `bigint`
    I64(i64),
    /// `boolean`
    Bool(bool),
    /// `uuid`
    Uuid(Option<Uuid>),
    /// `timestamptz`
    Time(Option<DateTime<Utc>>),
}

/// Writes one job through `executor`: a transaction, a connection or a pool. `None`: an unfinished twin with the
/// same kind and unique key is there already. Call [`crate::Waker::wake`] after the commit.
///
/// # Errors
/// As [`EnqueueError`] says; nothing was written then.
pub async fn enqueue(executor: impl PgExecutor<'_>, job: NewJob) -> Result<Option<i64>, EnqueueError> {
    let insert = job.into_insert()?;
    let query: QueryScalar<'_, Postgres, i64, _> = sqlx::query_scalar(insert.sql);
    let query = insert.binds.into_iter().fold(query, |query, bind| match bind {
        Bind::Text(v) => query.bind(v),
        Bind::Json(v) => query.bind(v),
        Bind::I16(v) => query.bind(v),
        Bind::I32(v) => query.bind(v),
        Bind::I64(v) => query.bind(v),
        Bind::Bool(v) => query.bind(v),
        Bind::Uuid(v) => query.bind(v),
        Bind::Time(v) => query.bind(v),
    });
    Ok(query.fetch_optional(executor).await?)
}

/// Most jobs in one batch.
pub const BATCH_MAX: usize = 1_000;

/// Writes many jobs of one kind and queue, which differ in their payload only, in one statement: at most [`BATCH_MAX`],
/// without unique key. Returns how many rows were written. Call [`crate::Waker::wake`] after the commit.
///
/// # Errors
/// As [`EnqueueError`] says; nothing was written then.
pub async fn enqueue_batch(
    executor: impl PgExecutor<'_>,
    job: NewJob,
    payloads: &[Value],
) -> Result<u64, EnqueueError> {
    if payloads.len() > BATCH_MAX || job.unique_key.is_some() {
        let text = format!("a batch has at most {BATCH_MAX} jobs, without unique key");
        return Err(EnqueueError::Limit(text));
    }
    job.check()?;
    let mut texts = Vec::with_capacity(payloads.len());
    for payload in payloads {
        texts.push(check_payload(payload)?);
    }
    let query: Query<'_, Postgres, _> = sqlx::query(sql::ENQUEUE_BATCH);
    let query = query.bind(&job.queue).bind(&job.kind).bind(&texts).bind(job.stored_priority());
    let query = query.bind(job.max_attempts).bind(job.tenant);
    let query = query.bind(job.run_at).bind(job.delay.num_milliseconds()).bind(job.deadline);
    let query = query.bind(job.timeout_ms()).bind(&job.origin).bind(job.clock_shift.num_milliseconds());
    let query = query.bind(&job.trace);
    Ok(query.execute(executor).await?.rows_affected())
}

/// The payload as JSON, when it may be written.
fn check_payload(payload: &Value) -> Result<String, EnqueueError> {
    let text = serde_json::to_string(payload)?;
    if text.len() > PAYLOAD_BYTES_MAX {
        let text = format!("a payload has at most {PAYLOAD_BYTES_MAX} bytes, this one {}", text.len());
        return Err(EnqueueError::Limit(text));
    }
    if has_nul(payload) {
        return Err(EnqueueError::Limit("a payload cannot hold the character NUL".into()));
    }
    Ok(text)
}

/// PostgreSQL's jsonb refuses NUL, in keys and in texts.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(change: impl FnOnce(&mut NewJob)) -> String {
        let mut job = NewJob::new("default", "greet", json!({"id": 1}));
        change(&mut job);
        match job.into_insert() {
            Err(error) => error.to_string(),
            Ok(_) => "accepted".into(),
        }
    }

    #[test]
    fn limits_are_checked_before_anything_is_written() {
        assert_eq!(refused(|_| ()), "accepted");
        assert!(refused(|j| j.payload = json!("x".repeat(PAYLOAD_BYTES_MAX))).contains("65536 bytes"));
        assert!(refused(|j| j.unique_key = Some("k".repeat(513))).contains("unique key"));
        assert!(refused(|j| j.max_attempts = 0).contains("max_attempts"));
        assert!(refused(|j| j.delay = chrono::Duration::milliseconds(-1)).contains("negative"));
        assert!(refused(|j| j.kind = String::new()).contains("kind"));
        assert!(refused(|j| j.payload = json!({"a": ["\0"]})).contains("NUL"));
        assert!(refused(|j| j.trace = Some("0".repeat(101))).contains("a trace has at most 100 bytes"));
        assert!(refused(|j| j.priority = -1).contains("priority"));
        assert!(refused(|j| j.timeout = Some(Duration::ZERO)).contains("timeout"));
    }
}
