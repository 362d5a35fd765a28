//! Forget what webhooks were told long ago.

use std::time::Duration;

use domain::webhook::event::collect_old;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// What happened more than 30 days ago: no delivery of it can be made again then.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct WebhookEventGc {}

impl Job for WebhookEventGc {
    const NAME: &'static str = "webhook-event-gc";
    const TIMEOUT: Duration = Duration::from_secs(600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 40 0 * * ?");

    fn example() -> WebhookEventGc {
        WebhookEventGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (now, mut removed) = (ctx.now(), 0);
        loop {
            ctx.go_on()?;
            let batch = collect_old(&ctx.app.db, now).await.map_err(JobError::retry)?;
            removed += batch;
            ctx.progress(removed, None, "events forgotten");
            if batch == 0 {
                return Ok(());
            }
        }
    }
}
