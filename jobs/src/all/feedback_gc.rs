//! Forget what people thought long ago.

use std::time::Duration;

use domain::feedback::collect_old;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// What was written more than 30 days ago: whoever runs this has the mail.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FeedbackGc {}

impl Job for FeedbackGc {
    const NAME: &'static str = "feedback-gc";
    const TIMEOUT: Duration = Duration::from_secs(600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 20 0 * * ?");

    fn example() -> FeedbackGc {
        FeedbackGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (now, mut removed) = (ctx.now(), 0);
        loop {
            ctx.go_on()?;
            let batch = collect_old(&ctx.app.db, now).await.map_err(JobError::retry)?;
            removed += batch;
            ctx.progress(removed, None, "messages forgotten");
            if batch == 0 {
                return Ok(());
            }
        }
    }
}
