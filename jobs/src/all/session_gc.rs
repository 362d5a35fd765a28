//! Remove sessions that are too old.

use std::time::Duration;

use domain::session::{Ages, BATCH_MAX, collect_expired};
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Sessions that were not renewed within the age that cookies have, or that began too long ago.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SessionGc {}

impl Job for SessionGc {
    const NAME: &'static str = "session-gc";
    const TIMEOUT: Duration = Duration::from_secs(1_800);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 0 0 * * ?");

    fn example() -> SessionGc {
        SessionGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (app, now) = (&ctx.app, ctx.now());
        let mut removed = 0;
        loop {
            ctx.go_on()?;
            let batch = collect_expired(&app.db, now, Ages::of(&app.config.auth), BATCH_MAX).await;
            let batch = batch.map_err(JobError::retry)?;
            removed += batch;
            ctx.progress(removed, None, "sessions removed");
            if batch == 0 {
                return Ok(());
            }
        }
    }
}
