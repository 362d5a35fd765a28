//! Tell administrators of quotas that were passed.

use domain::quota::notice;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Those that only warn. Without administrators only the log has them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct QuotaNotices {}

impl Job for QuotaNotices {
    const NAME: &'static str = "quota-notices";
    const PRIORITY: i16 = 10;
    const SCHEDULE: Option<&'static str> = Some("40 */10 * * * ?");

    fn example() -> QuotaNotices {
        QuotaNotices::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (app, now, mut sent) = (&ctx.app, ctx.now(), 0);
        notice::forget(&app.db, now).await.map_err(JobError::retry)?;
        loop {
            ctx.go_on()?;
            let tx = platform::db::begin(&app.db).await.map_err(JobError::retry)?;
            let batch = notice::tell(&tx, &app.config.admins, now).await.map_err(JobError::retry)?;
            if batch.count == 0 {
                return Ok(());
            }
            ctx.commit(tx, batch.follow_ups).await?;
            sent += batch.count;
            ctx.progress(sent, None, "quotas told of");
        }
    }
}
