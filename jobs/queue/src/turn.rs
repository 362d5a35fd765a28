//! A turn of one slot: a job in a task of its own, and when it was short the next ones that are fetched already, so
//! that a flood of short jobs does not pay a change of threads for each.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::{
    handle::QueueBackend,
    outcome::JobError,
    progress::lock,
    receipt::Receipt,
    router::Router,
    run::{Claimed, Control},
};

/// A turn takes no other job after this time.
const TURN_MAX: Duration = Duration::from_millis(1);
/// After this time the job that runs is the last one of its turn, and its limits are watched.
const SETTLED: Duration = Duration::from_millis(5);

/// Runs `first` and what may follow it. Never panics. All cores are used, a handler that blocks holds up only its slot,
/// and its limits are kept all the same: the result is recorded from outside then. Dropping this ends the task.
pub(crate) async fn turn(backend: QueueBackend, router: Router, first: Claimed) {
    let present = Present::default();
    let watch = Watch(present.clone());
    let limit = backend.engine.config.timeout;
    let patience = backend.engine.config.cancel;
    let mut task = JoinSet::new();
    task.spawn(jobs(backend, router, first, present));
    tokio::select! {
        _ = task.join_next() => return,
        () = tokio::time::sleep(SETTLED) => {}
    }
    let Some(last) = watch.last(&mut task).await else { return };
    let limit = last.timeout.unwrap_or(limit);
    let stopped = async {
        last.control.cancelled.cancelled().await;
        tokio::time::sleep(patience).await;
        // A lost lease or a leaving worker is no reason to end it: only somebody's wish is.
        if last.control.cancel_by().is_none() {
            std::future::pending::<()>().await;
        }
    };
    let error = tokio::select! {
        _ = task.join_next() => return,
        () = tokio::time::sleep_until((last.started + limit).into()) => {
            last.control.cancelled.cancel();
            format!("took longer than its limit of {limit:?}")
        }
        () = stopped => format!("did not stop within {patience:?} and was ended"),
    };
    if let Some(Running { receipt, .. }) = watch.0.take() {
        receipt.record(Err(JobError::retry(error)));
    }
}

async fn jobs(backend: QueueBackend, router: Router, first: Claimed, present: Present) {
    let began = Instant::now();
    let mut next = Some(first);
    while let Some(job) = next.take() {
        let receipt = Receipt::new(&backend, &job);
        let span = receipt.span.clone();
        present.put(Running { receipt, timeout: job.timeout });
        let end = router.attempt(job).instrument(span).await;
        // The watcher was faster.
        let Some(Running { receipt, .. }) = present.take() else { return };
        if began.elapsed() < TURN_MAX && !backend.engine.draining() {
            next = receipt.record_and_take_next(end);
        } else {
            receipt.record(end);
        }
    }
}

/// The job that runs now.
struct Running {
    receipt: Receipt,
    timeout: Option<Duration>,
}

/// What the watcher has to know of it.
struct Last {
    control: Arc<Control>,
    started: Instant,
    timeout: Option<Duration>,
}

/// Whoever takes the receipt out of here records it.
#[derive(Clone, Default)]
struct Present(Arc<Mutex<Option<Running>>>);

impl Present {
    fn put(&self, running: Running) {
        *lock(&self.0) = Some(running);
    }

    fn take(&self) -> Option<Running> {
        lock(&self.0).take()
    }
}

/// Dropped while a job runs: it is recorded as lost, although its task may not have noticed yet.
struct Watch(Present);

impl Watch {
    /// The last job of a turn that is old enough, or `None` when the turn has ended.
    async fn last(&self, task: &mut JoinSet<()>) -> Option<Last> {
        loop {
            let last = lock(&self.0.0).as_ref().map(|running| Last {
                control: running.receipt.control.clone(),
                started: running.receipt.started,
                timeout: running.timeout,
            });
            if last.is_some() {
                return last;
            }
            // Between two jobs, or after the last one.
            tokio::select! {
                _ = task.join_next() => return None,
                () = tokio::time::sleep(Duration::from_millis(1)) => {}
            }
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.0.take());
    }
}
