//! Drop the history of old jobs.

use std::time::Duration;

use atelier_queue::History;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// What somebody discarded or cancelled can be taken back for so much longer.
const ENDED_LONGER: TimeDelta = TimeDelta::days(30);

/// Whole days of jobs that ended well, older than the time of grace for deletions, and of those that somebody ended, 30
/// days older still. A job that is not finished, or that failed for good, is never dropped: losing those would lose
/// work.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct TasksGc {}

impl Job for TasksGc {
    const NAME: &'static str = "tasks-gc";
    const TIMEOUT: Duration = Duration::from_secs(600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 0 0 * * ?");

    fn example() -> TasksGc {
        TasksGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let kept = TimeDelta::from_std(ctx.app.config.limits.deletion_delay).map_err(JobError::fail)?;
        let before = ctx.now().checked_sub_signed(kept).ok_or_else(|| JobError::fail("no such time"))?;
        let ended = before.checked_sub_signed(ENDED_LONGER).ok_or_else(|| JobError::fail("no such time"))?;
        for (what, history, before) in [("done", History::Done, before), ("ended", History::Cancelled, ended)]
        {
            let days = atelier_queue::prune(&ctx.app.pool, history, before).await.map_err(JobError::retry)?;
            ctx.log(&format!("dropped {days} days of jobs that were {what} before {before:.0}"));
        }
        Ok(())
    }
}
