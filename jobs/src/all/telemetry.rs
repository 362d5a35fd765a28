//! Send counts of what is here, when somebody wants that.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Once a day; `atelier telemetry show` prints the same.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Telemetry {}

impl Job for Telemetry {
    const NAME: &'static str = "telemetry";
    /// One report is no loss.
    const MAX_ATTEMPTS: i16 = 5;
    const TIMEOUT: Duration = Duration::from_secs(360);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 30 23 * * ?");

    fn example() -> Telemetry {
        Telemetry::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let sent = domain::telemetry::send(&ctx.app, ctx.now()).await.map_err(JobError::retry)?;
        ctx.log(if sent { "sent" } else { "off: nothing is sent" });
        Ok(())
    }
}
