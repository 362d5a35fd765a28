//! Remove blobs whose time has come.

use std::time::Duration;

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
        let now = ctx.now();
        let mut all = Swept::default();
        loop {
            ctx.go_on()?;
            let batch = collect_deleted_batch(&ctx.app, now).await.map_err(JobError::retry)?;
            all = all.plus(batch);
            ctx.progress(all.seen, None, &format!("{all:?}"));
            if batch.seen == 0 {
                return if all.failed == 0 { Ok(()) } else { Err(JobError::snooze(FAILED_AFTER)) };
            }
        }
    }
}
