//! Runs what is ready now until nothing is, for tests and for people who wait.

use std::{sync::atomic::Ordering::Relaxed, time::Duration};

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::{
    claim::claim_one,
    config::Config,
    engine::Engine,
    router::Router,
    sql,
    worker::{Running, WorkerError},
};

/// What a drain did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Attempts that were started here and came to an end.
    pub ran: u64,
    /// Those of them that ended in a retry or a dead job.
    pub failed: u64,
}

/// Works like [`crate::run()`], without schedules, until no job of these queues is ready, running or due. What is
/// paused stays, and so do jobs for later, those that wait for their next attempt included; jobs that other workers run
/// are waited for.
///
/// # Errors
/// As [`crate::run()`], and when the database cannot be asked.
pub async fn drain(pool: &PgPool, config: Config, router: Router) -> Result<Drained, WorkerError> {
    // Whoever drains has nothing else to do.
    let config = Config { schedules: vec![], idle_after: Duration::ZERO, ..config };
    let names: Vec<String> = config.queues.iter().map(|(name, _)| name.clone()).collect();
    let mut running = Running::start(pool, config, None).await?;
    let engine = running.engine.clone();
    let shutdown = CancellationToken::new();
    let watch = async {
        let empty = until_empty(&engine, &names).await;
        shutdown.cancel();
        empty
    };
    // A worker that breaks ends the watch too: it would wait for ever.
    let worked = async {
        let worked = running.work(router, shutdown.clone()).await;
        engine.drain();
        worked
    };
    let (worked, empty) = tokio::join!(worked, watch);
    running.stop().await;
    worked?;
    empty?;
    let tally = &engine.tally;
    Ok(Drained { ran: tally.ran.load(Relaxed), failed: tally.failed.load(Relaxed) })
}

/// Runs one waiting job here and now, due or not, whatever is paused, with this process's handlers, and waits for the
/// end of this attempt. Answers whether it could be had: one that runs or has ended cannot. A dead job must be
/// made ready first ([`crate::admin::apply`]).
///
/// # Errors
/// As [`crate::run()`].
pub async fn run_one(pool: &PgPool, config: Config, router: Router, id: i64) -> Result<bool, WorkerError> {
    let config = Config { queues: vec![("one".to_owned(), 1)], schedules: vec![], ..config };
    let mut running = Running::start(pool, config, Some(id)).await?;
    let engine = running.engine.clone();
    let shutdown = CancellationToken::new();
    let watch = async {
        let had = claim_one(&engine, id).await;
        if matches!(had, Ok(true)) {
            std::future::poll_fn(|cx| engine.queues[0].poll_settled(cx)).await;
        }
        shutdown.cancel();
        had
    };
    let (worked, had) = tokio::join!(running.work(router, shutdown.clone()), watch);
    running.stop().await;
    worked?;
    Ok(had?)
}

async fn until_empty(engine: &Engine, names: &[String]) -> sqlx::Result<()> {
    let mut pause = Duration::from_millis(2);
    while !engine.draining() {
        if engine.settled() {
            let any: bool = sqlx::query_scalar(sql::ANY_LEFT).bind(names).fetch_one(&engine.pool).await?;
            // Asked again afterwards: a claim may have been under way meanwhile.
            if !any && engine.settled() {
                return Ok(());
            }
            engine.due.notify_one();
            pause = (pause * 2).min(Duration::from_millis(200));
        } else {
            pause = Duration::from_millis(2);
        }
        tokio::time::sleep(pause).await;
    }
    Ok(())
}
