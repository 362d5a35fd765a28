//! Find blobs that nothing refers to any more.

use std::time::Duration;

use domain::storage::plan::{self, Action};
use domain::storage::sweep::{Swept, collect_touched_batch};
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Blobs touched at least two hours ago. Used ones stay, others are hidden and wait for their time.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct StorageGcTouched {}

impl Job for StorageGcTouched {
    const NAME: &'static str = "storage-gc-touched";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 10 * * * ?");

    fn example() -> StorageGcTouched {
        StorageGcTouched::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let now = ctx.now();
        let mut all = Swept::default();
        loop {
            ctx.go_on()?;
            let batch = collect_touched_batch(&ctx.app, now).await.map_err(JobError::retry)?;
            all = all.plus(batch);
            ctx.progress(all.seen, None, &format!("{all:?}"));
            if batch.seen == 0 {
                return Ok(());
            }
        }
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        let plan = plan::make(&ctx.app.db, ctx.now()).await.map_err(JobError::retry)?;
        let totals = [Action::Hide, Action::GiveUp].map(|action| plan.total(action));
        let (blobs, bytes) = totals.iter().fold((0, 0), |sum, total| (sum.0 + total.0, sum.1 + total.1));
        Ok(Some(format!(
            "would hide {blobs} blobs of {bytes} bytes; `atelier storage gc --dry-run` lists them"
        )))
    }
}
