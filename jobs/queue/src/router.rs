//! Many kinds behind one worker: finds the handler, gives it a task of its own, and turns its end into an outcome.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use serde_json::value::RawValue;
use tokio::task::{JoinError, JoinSet};

use crate::{
    config::Backoff,
    outcome::{JobError, Outcome, clean, error_text},
    run::{Claimed, Run},
};

/// How long things may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// An attempt of a job that does not say.
    pub(crate) timeout: Duration,
    /// A handler that was told to stop.
    pub(crate) cancel: Duration,
}

/// A started handler.
type Started = BoxFuture<'static, Result<(), JobError>>;
type Handler = Arc<dyn Fn(Run, Box<RawValue>) -> Started + Send + Sync>;

/// Longest snooze.
const SNOOZE_MAX: Duration = Duration::from_secs(366 * 24 * 3_600);

/// Handlers by kind. Built once, then shared.
#[derive(Clone, Default)]
pub struct Router {
    handlers: Arc<BTreeMap<String, Handler>>,
}

impl std::fmt::Debug for Router {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.handlers.keys()).finish()
    }
}

impl Router {
    /// No handlers.
    pub fn new() -> Router {
        Router::default()
    }

    /// `handler` runs the jobs of `kind`. A payload that does not decode as `P` is a dead letter at once. A kind
    /// that was there before is replaced.
    #[must_use]
    pub fn on<P, F, Fut>(mut self, kind: &str, handler: F) -> Router
    where
        P: serde::de::DeserializeOwned + Send + 'static,
        F: Fn(Run, P) -> Fut + Clone + Send + Sync + 'static,
        Fut: Future<Output = Result<(), JobError>> + Send + 'static,
    {
        let started: Handler = Arc::new(move |run, payload| {
            let handler = handler.clone();
            Box::pin(async move {
                let payload: P = serde_json::from_str(payload.get())
                    .map_err(|error| JobError::fail(format!("the payload does not decode: {error}")))?;
                handler(run, payload).await
            })
        });
        Arc::make_mut(&mut self.handlers).insert(kind.to_owned(), started);
        self
    }

    /// Runs one attempt to its end. Never panics; a panic of the handler is a failed attempt.
    pub(crate) async fn attempt(&self, job: Claimed, limits: Limits, backoff: Backoff) -> Outcome {
        let (attempt, max_attempts, kind) = (job.run.attempt, job.run.max_attempts, job.run.kind.clone());
        let id = job.run.id;
        let control = job.run.control.clone();
        let started = Instant::now();
        let ended = self.end_of(job, limits).await;
        let outcome = match (control.cancel_by(), ended) {
            // It was done all the same: nothing else would be true.
            (Some(who), Err(error)) => Outcome::Cancelled(clean(&format!("cancelled by {who}: {error}"))),
            (_, ended) => decide(ended, attempt, max_attempts, backoff),
        };
        let ms = started.elapsed().as_secs_f64() * 1_000.0;
        metrics::histogram!("atelier_queue_run_ms", "kind" => kind.to_string()).record(ms);
        metrics::counter!("atelier_queue_outcomes_total", "kind" => kind.to_string(), "outcome" => outcome.label())
            .increment(1);
        match &outcome {
            Outcome::Dead(error) => tracing::error!(job = id, %kind, attempt, error, "job is a dead letter"),
            Outcome::Retry { delay, error: Some(error), .. } => {
                tracing::warn!(job = id, %kind, attempt, error, retry_in_ms = delay.as_millis(), "job failed");
            }
            _ => tracing::debug!(job = id, %kind, attempt, ms, outcome = outcome.label(), "job ended"),
        }
        outcome
    }

    async fn end_of(&self, job: Claimed, limits: Limits) -> Result<(), JobError> {
        let Some(handler) = self.handlers.get(&*job.run.kind) else {
            return Err(JobError::fail(format!("no handler for the kind {}", job.run.kind)));
        };
        if job.late {
            return Err(JobError::fail("its deadline had passed before it could start"));
        }
        let limit = job.timeout.unwrap_or(limits.timeout);
        let control = job.run.control.clone();
        // The handler's own code before its first await may panic as well.
        let Ok(work) = catch_unwind(AssertUnwindSafe(|| handler(job.run, job.payload))) else {
            return Err(JobError::retry("panic at the start"));
        };
        // A task per job: all cores are used, and a handler that blocks holds up only itself. The set ends the task
        // when this future is dropped.
        let mut task = JoinSet::new();
        task.spawn(work);
        let patience = async {
            control.cancelled.cancelled().await;
            tokio::time::sleep(limits.cancel).await;
            // A lost lease or a leaving worker is no reason to end it: only somebody's wish is.
            if control.cancel_by().is_none() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            joined = task.join_next() => match joined {
                Some(Ok(result)) => result,
                Some(Err(error)) => Err(JobError::retry(ended_badly(error))),
                None => Err(JobError::retry("the task was lost")),
            },
            () = tokio::time::sleep(limit) => {
                control.cancelled.cancel();
                Err(JobError::retry(format!("took longer than its limit of {limit:?}")))
            }
            () = patience => Err(JobError::retry(format!("did not stop within {:?} and was ended", limits.cancel))),
        }
        // The set ends here, and its task with it.
    }
}

fn ended_badly(error: JoinError) -> String {
    match error.try_into_panic() {
        Ok(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            format!("panic: {text}")
        }
        Err(error) => error.to_string(),
    }
}

/// Snooze: later, without an attempt. Fail, or no attempt left: dead letter. Anything else: later, with backoff.
pub(crate) fn decide(
    end: Result<(), JobError>,
    attempt: i16,
    max_attempts: i16,
    backoff: Backoff,
) -> Outcome {
    match end {
        Ok(()) => Outcome::Done,
        Err(JobError::Snooze(delay)) => {
            Outcome::Retry { delay: delay.min(SNOOZE_MAX), error: None, refund: true }
        }
        Err(JobError::Fail(error)) => Outcome::Dead(error_text(&*error)),
        Err(JobError::Retry(error)) if attempt >= max_attempts => Outcome::Dead(error_text(&*error)),
        Err(JobError::Retry(error)) => {
            let delay = backoff.delay(attempt);
            Outcome::Retry { delay, error: Some(clean(&error_text(&*error))), refund: false }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_attempt_ends_in_the_dead_letters() {
        let backoff = Backoff::default();
        let retry = |attempt| decide(Err(JobError::retry("boom")), attempt, 2, backoff).label();
        assert_eq!((retry(1), retry(2)), ("retried", "dead"));
        assert_eq!(decide(Err(JobError::fail("no")), 1, 9, backoff).label(), "dead");
        assert_eq!(decide(Err(JobError::snooze(Duration::MAX)), 9, 9, backoff).label(), "snoozed");
    }
}
