//! Drop events that are past their age or no longer needed.

use std::time::Duration;

use chrono::TimeDelta;
use domain::audit::{self, Keep};
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Events dropped in one statement.
const BATCH_MAX: i64 = 1000;

/// Without it the audit log would grow for ever.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct AuditLogGc {}

impl Job for AuditLogGc {
    const NAME: &'static str = "audit-log-gc";
    const TIMEOUT: Duration = Duration::from_secs(240);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("30 */5 * * * ?");

    fn example() -> AuditLogGc {
        AuditLogGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let kept = TimeDelta::from_std(ctx.app.config.audit.age_max).map_err(JobError::fail)?;
        let config = &ctx.app.config.audit;
        let since = ctx.now().checked_sub_signed(kept).ok_or_else(|| JobError::fail("no such time"))?;
        let (unarchived, drop_archived) = (config.archive.is_some(), config.drop_archived);
        let keep = Keep { since, unarchived, drop_archived };
        let mut removed = 0;
        loop {
            ctx.go_on()?;
            let batch = audit::collect(&ctx.app.db, keep, BATCH_MAX).await;
            let batch = batch.map_err(JobError::retry)?;
            removed += batch;
            ctx.progress(removed, None, "events removed");
            if batch == 0 {
                return Ok(());
            }
        }
    }
}
