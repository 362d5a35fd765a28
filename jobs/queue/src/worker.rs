//! A worker process: the tasks of the engine, one apalis worker per queue, and an orderly end.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use apalis_core::{monitor::Monitor, worker::builder::WorkerBuilder};
use futures_util::FutureExt;
use sqlx::PgPool;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    ack, backend::TurnService, claim, config::Config, control::Controls, engine::Engine,
    handle::QueueBackend, lease, maintain, router::Router, sql, wake,
};

/// Handlers are told to come to an end this long before the grace time is over.
const LAST_CALL: Duration = Duration::from_secs(2);
/// Writing the last results may take this long.
const LAST_ACKS: Duration = Duration::from_secs(10);
/// Waiting for a claim that is under way, and for signing off, may take this long.
const LAST_CLAIM: Duration = Duration::from_secs(3);

/// Why a worker did not start or ended.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// No queue, a queue twice, or a queue without slots.
    #[error("{0}")]
    Config(String),
    /// The database refused at the start. Later errors heal by themselves.
    #[error("the queue's tables cannot be used")]
    Database(#[from] sqlx::Error),
    /// The worker model gave up.
    #[error("the worker ended: {0}")]
    Monitor(String),
}

/// Works until `shutdown` is cancelled. Then it claims nothing more, gives back what it has not started, lets running
/// jobs end within the grace time (their leases are kept), ends those that do not as a failed attempt, and returns
/// when every result is written.
///
/// # Errors
/// When it could not start. Database errors while it works are logged, counted and healed with backoff.
pub async fn run(
    pool: &PgPool,
    config: Config,
    router: Router,
    shutdown: CancellationToken,
) -> Result<(), WorkerError> {
    let mut running = Running::start(pool, config, None).await?;
    let worked = running.work(router, shutdown).await;
    running.stop().await;
    worked
}

/// The engine and its tasks. Dropping it ends the tasks.
pub(crate) struct Running {
    pub(crate) engine: Arc<Engine>,
    claimer: JoinSet<()>,
    tasks: JoinSet<()>,
    /// Cancelled when a task of the engine panicked: the process can do no more good.
    broken: CancellationToken,
}

impl Running {
    /// `only`: nothing but this job is ever claimed, by [`claim::claim_one`].
    pub(crate) async fn start(
        pool: &PgPool,
        config: Config,
        only: Option<i64>,
    ) -> Result<Running, WorkerError> {
        check(&config)?;
        for schedule in &config.schedules {
            schedule.put(pool).await?;
        }
        let controls = Controls::load(&mut *pool.acquire().await?).await?;
        let (engine, results) = Engine::new(pool, config);
        engine.set_controls(controls);
        let broken = CancellationToken::new();
        let (mut claimer, mut tasks) = (JoinSet::new(), JoinSet::new());
        if only.is_none() {
            claimer.spawn(guarded("claimer", broken.clone(), claim::claimer(engine.clone())));
        }
        tasks.spawn(guarded("acker", broken.clone(), ack::acker(engine.clone(), results)));
        tasks.spawn(guarded("keeper", broken.clone(), lease::keeper(engine.clone())));
        tasks.spawn(guarded("timer", broken.clone(), maintain::timer(engine.clone())));
        tasks.spawn(guarded("maintenance", broken.clone(), maintain::maintenance(engine.clone())));
        tasks.spawn(guarded("listener", broken.clone(), wake::listener(engine.clone())));
        Ok(Running { engine, claimer, tasks, broken })
    }

    /// Runs handlers until `shutdown`, then until the last one has ended.
    pub(crate) async fn work(
        &mut self,
        router: Router,
        shutdown: CancellationToken,
    ) -> Result<(), WorkerError> {
        let stop = CancellationToken::new();
        let end = stop.clone();
        let broken = self.broken.clone();
        let signal = async move {
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = broken.cancelled() => {}
            }
            end.cancel();
        };
        let (worked, ()) = tokio::join!(monitor(&self.engine, router, stop), signal);
        if self.broken.is_cancelled() {
            return Err(WorkerError::Monitor("a task of the queue panicked, see the log".into()));
        }
        worked
    }

    /// Leaves nothing behind: a claim that is under way comes in and goes back, results are written, the worker
    /// signs off.
    pub(crate) async fn stop(mut self) {
        self.engine.drain();
        let claimed = async { while self.claimer.join_next().await.is_some() {} };
        if tokio::time::timeout(LAST_CLAIM, claimed).await.is_err() {
            tracing::warn!("queue: the last claim hangs; what it brings will be rescued");
        }
        self.engine.close(LAST_ACKS).await;
        self.tasks.shutdown().await;
        let left = sqlx::query(sql::WORKER_GONE).bind(self.engine.worker_id);
        match tokio::time::timeout(LAST_CLAIM, left.execute(&self.engine.pool)).await {
            Ok(Ok(_)) => {}
            _ => tracing::debug!("queue: could not sign off"),
        }
    }
}

/// A task of the engine never ends by a panic unnoticed.
async fn guarded(name: &'static str, broken: CancellationToken, task: impl Future<Output = ()>) {
    if AssertUnwindSafe(task).catch_unwind().await.is_err() {
        tracing::error!(task = name, "queue: a task panicked");
        broken.cancel();
    }
}

/// Refuses what could never work.
fn check(config: &Config) -> Result<(), WorkerError> {
    if config.queues.is_empty() {
        return Err(WorkerError::Config("a worker needs at least one queue".into()));
    }
    for (index, (name, slots)) in config.queues.iter().enumerate() {
        if *slots == 0 {
            return Err(WorkerError::Config(format!("the queue {name} has no slots: give it at least 1")));
        }
        if config.queues[..index].iter().any(|(other, _)| other == name) {
            return Err(WorkerError::Config(format!("the queue {name} is given twice")));
        }
    }
    if config.lease < Duration::from_millis(300) {
        return Err(WorkerError::Config("a lease lasts at least 300 ms".into()));
    }
    Ok(())
}

/// The apalis part: it polls handlers and stops them. Everything durable is the engine's.
async fn monitor(engine: &Arc<Engine>, router: Router, stop: CancellationToken) -> Result<(), WorkerError> {
    let grace = engine.config.grace;
    let mut monitor = Monitor::new()
        .should_restart(|_, error| {
            tracing::error!(%error, "queue: a worker ended and is started again");
            true
        })
        .with_terminator(async move { tokio::time::sleep(grace).await });
    for slots in &engine.queues {
        let backend = QueueBackend { engine: engine.clone(), slots: slots.clone() };
        let service = TurnService { router: router.clone(), backend: backend.clone() };
        let name = slots.name.to_string();
        monitor = monitor.register(move |_| {
            WorkerBuilder::new(name.as_str()).backend(backend.clone()).build(service.clone())
        });
    }
    let draining = engine.clone();
    let signal = async move {
        stop.cancelled().await;
        tracing::debug!("queue: draining");
        draining.drain();
        Ok(())
    };
    let hurry = engine.config.hurry.clone();
    // One future for both: a call of `drained` wakes one who waits.
    let hurried = async {
        while !engine.draining() {
            engine.drained.notified().await;
        }
        tokio::select! {
            () = hurry.cancelled() => return,
            () = tokio::time::sleep(grace.saturating_sub(LAST_CALL)) => engine.leases.cancel_all(),
        }
        hurry.cancelled().await;
    };
    // Whatever runs when this future is dropped is recorded by its receipt.
    tokio::select! {
        () = hurried => Ok(()),
        ended = monitor.run_with_signal(signal) => ended.map_err(|error| WorkerError::Monitor(error.to_string())),
    }
}
