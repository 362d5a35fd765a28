//! Purge snapshots whose time is over, and what only they showed.

use std::time::Duration;

use domain::file::snapshot::sweep::{SweptHistory, due, sweep_batch};
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Snapshots of people that were deleted a time of grace ago, and those of the system at their end.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FileSnapshotGc {}

impl Job for FileSnapshotGc {
    const NAME: &'static str = "file-snapshot-gc";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 25 * * * ?");

    fn example() -> FileSnapshotGc {
        FileSnapshotGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (now, mut swept, mut last) = (ctx.now(), SweptHistory::default(), None);
        loop {
            ctx.go_on()?;
            let files = due(&ctx.app, last, now).await.map_err(JobError::retry)?;
            for file in &files {
                loop {
                    ctx.go_on()?;
                    let batch = sweep_batch(&ctx.app, *file, now).await.map_err(JobError::retry)?;
                    if batch.total() == 0 {
                        break;
                    }
                    swept = swept.plus(batch);
                    ctx.progress(swept.total(), None, &swept.to_string());
                }
            }
            last = files.last().copied();
            if last.is_none() {
                return Ok(());
            }
        }
    }
}
