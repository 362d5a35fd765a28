//! Give up uploads in pieces that nobody put together in time.

use std::time::Duration;

use domain::media::chunks::end_old_sessions;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Uploads in one batch.
const BATCH: u64 = 20;

/// Uploads older than an hour. Their pieces are touched, so that the sweep of blobs takes them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct UploadSessionGc {}

impl Job for UploadSessionGc {
    const NAME: &'static str = "upload-session-gc";
    const TIMEOUT: Duration = Duration::from_secs(600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 5 * * * ?");

    fn example() -> UploadSessionGc {
        UploadSessionGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (now, mut ended) = (ctx.now(), 0);
        loop {
            ctx.go_on()?;
            let batch = end_old_sessions(&ctx.app, now, BATCH).await.map_err(JobError::retry)?;
            ended += batch;
            ctx.progress(ended, None, &format!("{ended} uploads given up"));
            if batch == 0 {
                return Ok(());
            }
        }
    }
}
