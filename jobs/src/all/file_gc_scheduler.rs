//! Ask for a look at every file that was left alone for a while.

use std::time::Duration;

use domain::media::trim;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Files in one batch.
const BATCH: u64 = 100;

/// Files whose pictures were not looked at since their last change.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FileGcScheduler {}

impl Job for FileGcScheduler {
    const NAME: &'static str = "file-gc-scheduler";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 0 2 * * ?");

    fn example() -> FileGcScheduler {
        FileGcScheduler::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (now, mut asked, mut last) = (ctx.now(), 0, None);
        loop {
            ctx.go_on()?;
            let due = trim::due(&ctx.app, last, now, BATCH).await.map_err(JobError::retry)?;
            let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
            asked += ctx.commit(tx, due.follow_ups).await?;
            ctx.progress(asked, None, &format!("{asked} files to look at"));
            last = due.last;
            if last.is_none() {
                return Ok(());
            }
        }
    }
}
