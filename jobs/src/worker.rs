//! The worker: every job of the list behind the queue, until it is told to leave.

use std::time::Duration;

use atelier_queue::{Config, Router};
use domain::permission::Operator;
use platform::app::App;
use tokio_util::sync::CancellationToken;

use crate::{
    WorkerError,
    all::ALL,
    ctx::Process,
    follow_up::job_of,
    job::{Entry, Queue},
};

/// How much one worker process does at once.
#[derive(Debug, Clone)]
pub struct WorkerConfig {
    /// Queues and how many of their jobs run at once; a queue with 0 is left to others.
    pub slots: Vec<(String, usize)>,
    /// How long running jobs may go on after the shutdown began. Default 30 s.
    pub grace: Duration,
    /// Cancelled during a shutdown: running jobs are ended and given back at once.
    pub hurry: CancellationToken,
    /// Whoever runs it.
    pub operator: Operator,
}

impl WorkerConfig {
    /// As the settings say, run by `operator`.
    pub fn of(app: &App, operator: Operator) -> WorkerConfig {
        WorkerConfig {
            slots: app.config.worker.slots.clone(),
            grace: Duration::from_secs(30),
            hurry: CancellationToken::new(),
            operator,
        }
    }
}

/// Works until `shutdown` is cancelled, then lets running jobs end within the grace time.
///
/// # Errors
/// When it could not start: a bad cron line, a queue without slots, no tables. Database errors while it works heal by
/// themselves.
pub async fn run(app: App, config: WorkerConfig, shutdown: CancellationToken) -> Result<(), WorkerError> {
    let mut schedules = vec![];
    for entry in ALL {
        if let Some(schedule) = entry.schedule() {
            schedules.push(schedule.map_err(|error| WorkerError::Config(error.to_string()))?);
        }
    }
    let of_webhooks = config.slots.iter().find(|(name, _)| name == Queue::Webhooks.name());
    app.webhooks.share(of_webhooks.map_or(0, |(_, slots)| *slots));
    // No slots means: not here.
    let queues = config.slots.into_iter().filter(|(_, slots)| *slots > 0).collect();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let router = router(process(&app, config.operator), ALL);
    let config =
        Config { version, queues, schedules, grace: config.grace, hurry: config.hurry, ..Config::default() };
    atelier_queue::run(&app.pool, config, router, shutdown).await
}

/// What jobs of this process have in common.
pub(crate) fn process(app: &App, operator: Operator) -> Process {
    Process { app: app.clone(), operator, job_of }
}

/// Every job of a list.
pub(crate) fn router(process: Process, jobs: &[Entry]) -> Router {
    jobs.iter().fold(Router::new(), |router, entry| (entry.register)(router, &process))
}
