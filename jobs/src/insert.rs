//! One row through the caller's connection, so that it commits with what it is about.

use atelier_queue::{Bind, NewJob};
use platform::trace;
use sea_orm::{ConnectionTrait, DbErr, Value};
use tracing::Instrument as _;

use crate::origin::Origin;

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

/// Writes a job with who asked for it, and with the trace that it continues.
pub(crate) async fn insert(
    conn: &impl ConnectionTrait,
    mut job: NewJob,
    origin: &Origin,
) -> Result<Option<i64>, EnqueueError> {
    job.origin = origin.to_json();
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
