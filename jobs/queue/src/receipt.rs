//! The fate of one job that was handed out, recorded exactly once whatever happens.

use std::{sync::Arc, time::Instant};

use crate::{
    engine::Ack,
    handle::QueueBackend,
    outcome::{JobError, Outcome},
    router::decide,
    run::{Claimed, Control},
};

/// Dropped without a result (the worker's future was dropped because the grace time was over): the attempt failed and
/// the job is tried again.
pub(crate) struct Receipt {
    backend: QueueBackend,
    pub(crate) control: Arc<Control>,
    kind: Arc<str>,
    id: i64,
    token: i64,
    attempt: i16,
    max_attempts: i16,
    housekeeping: bool,
    pub(crate) started: Instant,
    pub(crate) span: tracing::Span,
    recorded: bool,
}

impl Receipt {
    pub(crate) fn new(backend: &QueueBackend, job: &Claimed) -> Receipt {
        Receipt {
            backend: backend.clone(),
            control: job.run.control.clone(),
            kind: job.run.kind.clone(),
            id: job.run.id,
            token: job.token,
            attempt: job.run.attempt,
            max_attempts: job.run.max_attempts,
            housekeeping: job.priority < 0,
            started: Instant::now(),
            span: job.span(),
            recorded: false,
        }
    }

    /// The run has ended, and its slot is free.
    pub(crate) fn record(mut self, end: Result<(), JobError>) {
        let outcome = self.outcome(end);
        self.end(outcome);
        self.free_slot();
    }

    /// The run has ended; its slot goes to the next job that is fetched already, if there is one.
    pub(crate) fn record_and_take_next(mut self, end: Result<(), JobError>) -> Option<Claimed> {
        let outcome = self.outcome(end);
        self.end(outcome);
        let (next, wants) = self.backend.slots.take_next(self.started.elapsed());
        if wants {
            self.backend.engine.claim_soon();
        }
        next
    }

    fn free_slot(&self) {
        if self.backend.slots.ended(self.started.elapsed()) {
            self.backend.engine.claim_soon();
        }
    }

    fn outcome(&self, end: Result<(), JobError>) -> Outcome {
        match (self.control.cancel_by(), end) {
            // It was done all the same: nothing else would be true.
            (Some(who), Err(error)) => Outcome::cancelled(who, &error.to_string()),
            (_, end) => decide(end, self.attempt, self.max_attempts, self.backend.engine.config.backoff),
        }
    }

    fn end(&mut self, outcome: Outcome) {
        self.recorded = true;
        self.span.record("outcome", outcome.label());
        if let Some(kind) = outcome.error_type() {
            self.span.record("error.type", kind);
        }
        self.span.in_scope(|| self.log(&outcome));
        let progress = self.control.progress.take_last();
        let slots = self.backend.slots.clone();
        let ack = Ack { id: self.id, token: self.token, outcome, progress, slots };
        self.backend.engine.ended(ack, self.housekeeping);
    }

    fn log(&self, outcome: &Outcome) {
        let (id, kind, attempt, label) = (self.id, &self.kind, self.attempt, outcome.label());
        let ms = self.started.elapsed().as_secs_f64() * 1_000.0;
        metrics::histogram!("atelier_queue_run_ms", "kind" => kind.clone()).record(ms);
        metrics::counter!("atelier_queue_outcomes_total", "kind" => kind.clone(), "outcome" => label)
            .increment(1);
        match outcome {
            Outcome::Dead(error) => tracing::error!(job = id, %kind, attempt, error, "job is dead"),
            Outcome::Cancelled(error) => tracing::warn!(job = id, %kind, attempt, error, "job was cancelled"),
            Outcome::Retry { delay, error: Some(error), .. } => {
                tracing::warn!(job = id, %kind, attempt, error, retry_in_ms = delay.as_millis(), "job failed");
            }
            _ => tracing::debug!(job = id, %kind, attempt, ms, outcome = label, "job ended"),
        }
    }

    fn lost(&self) -> Outcome {
        // The operator is in a hurry: that is not the job's fault.
        if self.control.cancel_by().is_none() && self.backend.engine.config.hurry.is_cancelled() {
            return Outcome::RELEASE;
        }
        self.outcome(Err(JobError::retry("the worker left before it ended")))
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if !self.recorded {
            self.control.cancelled.cancel();
            let outcome = self.lost();
            self.end(outcome);
            self.free_slot();
        }
    }
}
