//! One started attempt, as its handler sees it.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use serde_json::{Value, value::RawValue};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{progress::Progress, read::Shown};

/// Facts and controls of one attempt. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Run {
    /// The job.
    pub id: i64,
    /// Which attempt this is, from 1.
    pub attempt: i16,
    /// After this many the job is dead.
    pub max_attempts: i16,
    /// The name its handler is registered under.
    pub kind: Arc<str>,
    /// The queue it came from.
    pub queue: Arc<str>,
    /// Whose work it is.
    pub tenant: Option<Uuid>,
    /// Who asked for it.
    pub origin: Option<Value>,
    /// What it belongs to, as a W3C trace context.
    pub trace: Option<String>,
    /// How far the clock of this run is moved.
    pub clock_shift: chrono::Duration,
    pub(crate) control: Arc<Control>,
}

/// Shared by the handler and the engine while the job runs.
#[derive(Debug)]
pub(crate) struct Control {
    pub(crate) cancelled: CancellationToken,
    /// Somebody asked for the end of this job, and who.
    cancel_by: OnceLock<String>,
    pub(crate) progress: Progress,
}

impl Control {
    pub(crate) fn new() -> Control {
        Control { cancelled: CancellationToken::new(), cancel_by: OnceLock::new(), progress: Progress::new() }
    }

    /// Tells the handler to stop because `who` asked for it.
    pub(crate) fn cancel(&self, who: String) {
        let _ = self.cancel_by.set(who);
        self.cancelled.cancel();
    }

    /// Who asked for the end of the job, if somebody did.
    pub(crate) fn cancel_by(&self) -> Option<&str> {
        self.cancel_by.get().map(String::as_str)
    }
}

impl Run {
    /// A run that belongs to no worker: for a rehearsal, or a test of a handler. What it tells is kept nowhere.
    pub fn outside(job: &Shown) -> Run {
        Run {
            id: job.id,
            attempt: job.attempt,
            max_attempts: job.max_attempts,
            kind: job.kind.as_str().into(),
            queue: job.queue.as_str().into(),
            tenant: job.tenant,
            origin: job.origin.clone(),
            trace: job.trace.clone(),
            clock_shift: chrono::Duration::milliseconds(job.clock_shift_ms),
            control: Arc::new(Control::new()),
        }
    }

    /// Cancelled when somebody asked for the end of the job, when the result would no longer count (the lease was
    /// lost), or when the worker is about to leave. A long handler looks at it between steps and returns.
    pub fn cancelled(&self) -> &CancellationToken {
        &self.control.cancelled
    }

    /// Tells how far the job is. Readers see it within 2 s; messages are cut at 300 characters.
    pub fn progress(&self, done: u64, total: Option<u64>, message: &str) {
        self.control.progress.set(done, total, message);
    }

    /// Keeps one line with the job: the last 50, each at most 300 characters.
    pub fn log(&self, text: &str) {
        self.control.progress.log(text);
    }
}

/// A claimed job between the claimer and its handler.
#[derive(Debug)]
pub(crate) struct Claimed {
    pub(crate) run: Run,
    pub(crate) token: i64,
    pub(crate) priority: i16,
    pub(crate) lane: i32,
    /// Stays raw: one worker runs many kinds, and a payload that does not decode must fail alone.
    pub(crate) payload: Box<RawValue>,
    pub(crate) timeout: Option<Duration>,
    /// Its deadline had passed when it was claimed.
    pub(crate) late: bool,
}

impl Claimed {
    /// Around everything that this attempt does and that is told of it. It continues the trace of whoever asked.
    pub(crate) fn span(&self) -> tracing::Span {
        let run = &self.run;
        tracing::info_span!(
            parent: None,
            "process",
            otel.kind = "consumer",
            traceparent = run.trace.as_deref(),
            job = run.id,
            kind = &*run.kind,
            queue = &*run.queue,
            attempt = run.attempt,
            outcome = tracing::field::Empty,
            "error.type" = tracing::field::Empty,
        )
    }
}
