//! Everything that is ready now, run here, until nothing is.

use atelier_queue::{Config, Drained};
use domain::permission::Operator;
use platform::app::App;

use crate::{
    WorkerError,
    all::ALL,
    job::{Entry, Queue},
    worker::{process, router},
};

/// Jobs of one queue that run at once.
const SLOTS: usize = 4;

/// Runs every ready or due job of every queue in this process, jobs they enqueue included, until none is left. Jobs for
/// later stay, and so do those that wait for their next attempt.
///
/// # Errors
/// When the database cannot be asked. A failing job is no error: see [`Drained::failed`].
pub async fn drain(app: &App, operator: &Operator) -> Result<Drained, WorkerError> {
    drain_of(app, operator, ALL).await
}

/// As [`drain`], with other jobs than those of the list: for tests of what every job can do.
///
/// # Errors
/// As [`drain`].
pub async fn drain_of(app: &App, operator: &Operator, jobs: &[Entry]) -> Result<Drained, WorkerError> {
    let queues = Queue::ALL.iter().map(|queue| (queue.name().to_owned(), SLOTS)).collect();
    let config = Config { queues, ..Config::default() };
    atelier_queue::drain(&app.pool, config, router(process(app, operator.clone()), jobs)).await
}
