//! Enqueueing by hand: what an operator asks for. What rules ask for is the matter of `follow_up`.

use atelier_queue::NewJob;
use chrono::{DateTime, Utc};
use domain::permission::Operator;
use sea_orm::ConnectionTrait;

use crate::{
    insert::{EnqueueError, insert},
    job::{Job, new_job},
    origin::Origin,
};

/// How a job that somebody asks for by hand differs from others of its kind.
#[derive(Debug, Clone)]
pub struct Enqueue {
    /// Not before this moment. Wins over `delay`.
    pub run_at: Option<DateTime<Utc>>,
    /// Not before this much time has passed. Default none.
    pub delay: chrono::Duration,
    /// Instead of the kind's own. Higher runs first, 0 to 10 000.
    pub priority: Option<i16>,
    /// Not started by then: a dead job that says so. Default: it may start whenever.
    pub deadline: Option<DateTime<Utc>>,
    /// Moves the clock that this run sees. Default none.
    pub clock_shift: chrono::Duration,
}

impl Default for Enqueue {
    fn default() -> Enqueue {
        Enqueue {
            run_at: None,
            delay: chrono::Duration::zero(),
            priority: None,
            deadline: None,
            clock_shift: chrono::Duration::zero(),
        }
    }
}

/// Writes `job` through `conn`, usually a transaction, because an operator asks for it, and gives its number.
/// `None`: an unfinished one with the same unique key is there already. Call [`crate::Waker::wake`] after the
/// commit.
///
/// # Errors
/// As [`EnqueueError`] says; nothing was written then.
pub async fn enqueue<J: Job>(
    conn: &impl ConnectionTrait,
    operator: &Operator,
    job: &J,
    options: Enqueue,
) -> Result<Option<i64>, EnqueueError> {
    by_hand(conn, operator, new_job(job)?, options).await
}

/// Writes a job of an operator.
pub(crate) async fn by_hand(
    conn: &impl ConnectionTrait,
    operator: &Operator,
    mut job: NewJob,
    options: Enqueue,
) -> Result<Option<i64>, EnqueueError> {
    job.run_at = options.run_at;
    job.delay = options.delay;
    job.priority = options.priority.unwrap_or(job.priority);
    job.deadline = options.deadline;
    job.clock_shift = options.clock_shift;
    insert(conn, job, &Origin::operator(operator)).await
}
