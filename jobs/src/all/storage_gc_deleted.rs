//! Remove blobs whose time has come.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::storage::copies;
use domain::storage::plan::{self, Action};
use domain::storage::sweep::{Swept, collect_deleted_batch};
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Blobs that would not go are tried again after so long: the time the sweep puts them off, and a little more.
const FAILED_AFTER: Duration = Duration::from_secs(3_660);

/// First the decision, then the bytes, then the row: a crash in between is finished by the next run.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct StorageGcDeleted {}

impl Job for StorageGcDeleted {
    const NAME: &'static str = "storage-gc-deleted";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 40 * * * ?");

    fn example() -> StorageGcDeleted {
        StorageGcDeleted::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (now, mut all) = (ctx.now(), Swept::default());
        loop {
            ctx.go_on()?;
            let batch = collect_deleted_batch(&ctx.app, now).await.map_err(JobError::retry)?;
            all = all.plus(batch);
            ctx.progress(all.seen, None, &format!("{all:?}"));
            if batch.seen == 0 {
                break;
            }
        }
        let left_behind = clear_copies(ctx, now).await?;
        if all.failed + left_behind == 0 { Ok(()) } else { Err(JobError::snooze(FAILED_AFTER)) }
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        let plan = plan::make(&ctx.app.db, ctx.now()).await.map_err(JobError::retry)?;
        let totals = [Action::Remove].map(|action| plan.total(action));
        let (blobs, bytes) = totals.iter().fold((0, 0), |sum, total| (sum.0 + total.0, sum.1 + total.1));
        Ok(Some(format!(
            "would remove {blobs} blobs of {bytes} bytes; `atelier storage gc --dry-run` lists them"
        )))
    }
}

/// Removes what moves left behind; how many would not go.
async fn clear_copies(ctx: &JobCtx, now: DateTime<Utc>) -> Result<u64, JobError> {
    let mut failed = 0;
    loop {
        ctx.go_on()?;
        let batch = copies::clear_batch(&ctx.app, now).await.map_err(JobError::retry)?;
        failed += batch.failed;
        if batch.seen == 0 {
            return Ok(failed);
        }
        ctx.log(&format!("{batch:?} of moved blobs"));
    }
}
