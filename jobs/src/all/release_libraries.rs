//! Ask files to take over what they use of libraries that go.

use std::time::Duration;

use atelier_queue::Twin;
use domain::file::library::release;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Libraries that were deleted and are used, and files that nobody has asked yet. The clock asks for it too, so that
/// nothing is forgotten that came between.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ReleaseLibraries {}

impl Job for ReleaseLibraries {
    const NAME: &'static str = "release-libraries";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 20 * * * ?");
    // One that runs may have passed what makes another necessary.
    const TWIN: Twin = Twin::KeepWaiting;

    fn example() -> ReleaseLibraries {
        ReleaseLibraries::default()
    }

    fn unique_key(&self) -> Option<String> {
        Some("all".to_owned())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let now = ctx.now();
        loop {
            ctx.go_on()?;
            let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
            let released = release::release_deleted(&tx, now).await.map_err(JobError::retry)?;
            tx.commit().await.map_err(JobError::retry)?;
            if released == 0 {
                break;
            }
        }
        let mut asked = 0;
        loop {
            ctx.go_on()?;
            let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
            let follow_ups = release::ask(&tx).await.map_err(JobError::retry)?;
            let is_last = follow_ups.jobs.is_empty();
            asked += ctx.commit(tx, follow_ups).await?;
            if is_last {
                return Ok(());
            }
            ctx.progress(asked, None, &format!("{asked} files asked"));
        }
    }
}
