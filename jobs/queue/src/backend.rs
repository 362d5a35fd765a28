//! What apalis needs, and the only code that names its types: a backend, its layer, and a service over the router.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Instant,
};

use apalis_core::{
    backend::{Backend, BackendConfig, finalize::Ephemeral},
    error::BoxDynError,
    task::{Task, builder::TaskBuilder, task_id::TaskId},
    worker::context::WorkerContext,
};
use futures_util::future::BoxFuture;
use tower::{Layer, Service};

use crate::{
    engine::{Ack, Engine},
    outcome::Outcome,
    router::{Limits, Router, decide},
    run::{Claimed, Control},
    slots::Slots,
};

/// A claimed job as a worker's argument; empty once a handler has taken it.
pub(crate) struct Slot(Option<Claimed>);

/// A handle on one queue; cheap to clone, so that a monitor can build its worker again.
#[derive(Clone)]
pub(crate) struct QueueBackend {
    pub(crate) engine: Arc<Engine>,
    pub(crate) slots: Arc<Slots>,
}

impl Backend for QueueBackend {
    type Task = Task<Slot>;
    /// Never made: an error here would end the worker, so the tasks deal with the database by themselves.
    type Error = Infallible;

    fn poll_ready(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        self.slots.poll_can_take(cx).map(Ok)
    }

    fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
        _: &WorkerContext,
    ) -> Poll<Option<Result<Task<Slot>, Infallible>>> {
        let job = ready!(self.slots.poll_take(cx));
        let id = TaskId::from_int(job.run.id.unsigned_abs());
        // The claim has counted this attempt, and the worker will count it again.
        let before = usize::from(job.run.attempt.unsigned_abs()).saturating_sub(1);
        Poll::Ready(Some(Ok(TaskBuilder::new(Slot(Some(job))).task_id(id).attempt(before).build())))
    }

    /// Polled only after the last running job has ended: gives back what was fetched, then waits until every result
    /// is durable.
    fn poll_close(&mut self, cx: &mut Context<'_>, _: &WorkerContext) -> Poll<Result<(), Infallible>> {
        self.engine.release(&self.slots);
        self.slots.poll_idle(cx).map(Ok)
    }
}

impl BackendConfig for QueueBackend {
    type Args = Slot;
    type Id = u64;
    /// The durable kind decodes in `poll_next`, where one bad payload would end the worker.
    type Kind = Ephemeral;
    type Config = ();
    type Layer = AckLayer;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> AckLayer {
        AckLayer(self.clone())
    }
}

/// Sits outside every other layer, so it sees how a run ended whatever happened inside, and books it exactly once.
#[derive(Clone)]
pub(crate) struct AckLayer(QueueBackend);

impl<S> Layer<S> for AckLayer {
    type Service = AckService<S>;

    fn layer(&self, inner: S) -> AckService<S> {
        AckService { inner, backend: self.0.clone() }
    }
}

pub(crate) struct AckService<S> {
    inner: S,
    backend: QueueBackend,
}

impl<S> Service<Task<Slot>> for AckService<S>
where
    S: Service<Task<Slot>, Response = Outcome>,
    S::Error: Into<BoxDynError>,
{
    type Response = ();
    type Error = BoxDynError;
    type Future = AckFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, task: Task<Slot>) -> AckFuture<S::Future> {
        let receipt = task.args.0.as_ref().map(|job| Receipt::new(&self.backend, job));
        AckFuture { inner: self.inner.call(task), receipt }
    }
}

pin_project_lite::pin_project! {
    pub(crate) struct AckFuture<F> {
        #[pin] inner: F,
        receipt: Option<Receipt>,
    }
}

impl<F, E> Future for AckFuture<F>
where
    F: Future<Output = Result<Outcome, E>>,
    E: Into<BoxDynError>,
{
    type Output = Result<(), BoxDynError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let ended = ready!(this.inner.poll(cx)).map_err(Into::into);
        if let Some(receipt) = this.receipt.take() {
            receipt.book(ended.as_ref().ok().cloned());
        }
        Poll::Ready(ended.map(|_| ()))
    }
}

/// Owns the fate of one handed-out job. Dropped without a result (the worker's future was dropped because the grace
/// time was over): the attempt failed and the job is tried again.
struct Receipt {
    backend: QueueBackend,
    control: Arc<Control>,
    id: i64,
    token: i64,
    attempt: i16,
    max_attempts: i16,
    housekeeping: bool,
    started: Instant,
    booked: bool,
}

impl Receipt {
    fn new(backend: &QueueBackend, job: &Claimed) -> Receipt {
        Receipt {
            backend: backend.clone(),
            control: job.run.control.clone(),
            id: job.run.id,
            token: job.token,
            attempt: job.run.attempt,
            max_attempts: job.run.max_attempts,
            housekeeping: job.priority < 0,
            started: Instant::now(),
            booked: false,
        }
    }

    fn book(mut self, outcome: Option<Outcome>) {
        let outcome = outcome.unwrap_or_else(|| self.lost("the worker ended it"));
        self.end(outcome);
    }

    fn lost(&self, why: &str) -> Outcome {
        if let Some(who) = self.control.cancel_by() {
            return Outcome::Cancelled(format!("cancelled by {who}: {why}"));
        }
        // The operator is in a hurry: that is not the job's fault.
        if self.backend.engine.config.hurry.is_cancelled() {
            return Outcome::RELEASE;
        }
        let end = Err(crate::JobError::retry(why));
        decide(end, self.attempt, self.max_attempts, self.backend.engine.config.backoff)
    }

    fn end(&mut self, outcome: Outcome) {
        self.booked = true;
        let progress = self.control.progress.take_change();
        let slots = self.backend.slots.clone();
        let ack = Ack { id: self.id, token: self.token, outcome, progress, slots };
        self.backend.engine.ended(ack, self.started.elapsed(), self.housekeeping);
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if !self.booked {
            self.control.cancelled.cancel();
            let outcome = self.lost("the worker left before it ended");
            self.end(outcome);
        }
    }
}

/// The innermost service: one attempt through the router.
#[derive(Clone)]
pub(crate) struct RunService {
    pub(crate) router: Router,
    pub(crate) engine: Arc<Engine>,
}

impl Service<Task<Slot>> for RunService {
    type Response = Outcome;
    type Error = BoxDynError;
    type Future = BoxFuture<'static, Result<Outcome, BoxDynError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut task: Task<Slot>) -> Self::Future {
        let RunService { router, engine } = self.clone();
        Box::pin(async move {
            let job = task.args.0.take().ok_or("the job was taken twice")?;
            let limits = Limits { timeout: engine.config.timeout, cancel: engine.config.cancel };
            Ok(router.attempt(job, limits, engine.config.backoff).await)
        })
    }
}
