//! Many kinds behind one worker: finds the handler, runs it, and turns its end into an outcome.

use std::{any::Any, collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::{FutureExt, future::BoxFuture};
use serde_json::value::RawValue;

use crate::{
    config::Backoff,
    outcome::{JobError, Outcome, clean, error_text},
    run::{Claimed, Run},
};

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

    /// `handler` runs the jobs of `kind`. A payload that does not decode as `P` is a dead job at once. A kind
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
    pub(crate) async fn attempt(&self, job: Claimed) -> Result<(), JobError> {
        let Some(handler) = self.handlers.get(&*job.run.kind) else {
            return Err(JobError::fail(format!("no handler for the kind {}", job.run.kind)));
        };
        if job.late {
            return Err(JobError::fail("its deadline had passed before it could start"));
        }
        // The handler's own code before its first await may panic as well.
        let work = async { handler(job.run, job.payload).await };
        let ended = AssertUnwindSafe(work).catch_unwind().await;
        ended.unwrap_or_else(|panic| Err(JobError::retry(format!("panic: {}", text_of(&*panic)))))
    }
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Snooze: later, without an attempt. Fail, or no attempt left: dead job. Anything else: later, with backoff.
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
    fn the_last_attempt_ends_in_the_dead_jobs() {
        let backoff = Backoff::default();
        let retry = |attempt| decide(Err(JobError::retry("boom")), attempt, 2, backoff).label();
        assert_eq!((retry(1), retry(2)), ("retried", "dead"));
        assert_eq!(decide(Err(JobError::fail("no")), 1, 9, backoff).label(), "dead");
        assert_eq!(decide(Err(JobError::snooze(Duration::MAX)), 9, 9, backoff).label(), "snoozed");
    }
}
