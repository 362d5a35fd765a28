//! What apalis needs, and the only code that names its types: a backend, and a service over the router.

use std::{
    convert::Infallible,
    task::{Context, Poll, ready},
};

use apalis_core::{
    backend::{Backend, BackendConfig, finalize::Ephemeral},
    error::BoxDynError,
    task::{Task, builder::TaskBuilder, task_id::TaskId},
    worker::context::WorkerContext,
};
use futures_util::future::BoxFuture;
use tower::{Service, layer::util::Identity};

use crate::{handle::QueueBackend, router::Router, run::Claimed, turn::turn};

/// A claimed job as a worker's argument; empty once a handler has taken it.
pub(crate) struct Slot(Option<Claimed>);

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
        self.slots.poll_settled(cx).map(Ok)
    }
}

impl BackendConfig for QueueBackend {
    type Args = Slot;
    type Id = u64;
    /// The durable kind decodes in `poll_next`, where one bad payload would end the worker.
    type Kind = Ephemeral;
    type Config = ();
    /// Results are recorded in the turn, whatever a layer would make of them.
    type Layer = Identity;

    fn config(&self) -> &() {
        &()
    }

    fn middleware(&mut self, _: &mut WorkerContext) -> Identity {
        Identity::new()
    }
}

/// The innermost and only service: one turn of a slot. Every result is recorded there.
#[derive(Clone)]
pub(crate) struct TurnService {
    pub(crate) router: Router,
    pub(crate) backend: QueueBackend,
}

impl Service<Task<Slot>> for TurnService {
    type Response = ();
    type Error = BoxDynError;
    type Future = BoxFuture<'static, Result<(), BoxDynError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxDynError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut task: Task<Slot>) -> Self::Future {
        let TurnService { router, backend } = self.clone();
        Box::pin(async move {
            let job = task.args.0.take().ok_or("the job was taken twice")?;
            turn(backend, router, job).await;
            Ok(())
        })
    }
}
