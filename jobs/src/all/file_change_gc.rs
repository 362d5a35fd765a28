//! Forget what was done to files more than two hours ago.

use std::time::Duration;

use domain::file::change_log::forget;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// The log of changes is for editors that lag behind, and for changes that are sent again.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FileChangeGc {}

impl Job for FileChangeGc {
    const NAME: &'static str = "file-change-gc";
    const TIMEOUT: Duration = Duration::from_secs(1_800);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("20 */10 * * * ?");

    fn example() -> FileChangeGc {
        FileChangeGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (now, mut forgotten) = (ctx.now(), 0);
        loop {
            ctx.go_on()?;
            let batch = forget(&ctx.app.db, now).await.map_err(JobError::retry)?;
            forgotten += batch;
            ctx.progress(forgotten, None, "changes forgotten");
            if batch == 0 {
                return Ok(());
            }
        }
    }
}
