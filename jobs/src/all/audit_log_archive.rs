//! Copy events to the archive.

use std::time::Duration;

use domain::audit::archive;
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Between two requests.
const PAUSE: Duration = Duration::from_millis(100);

/// Events that the archive does not have yet. With the flag `audit-log-archive`; without it nothing is to be done.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct AuditLogArchive {}

impl Job for AuditLogArchive {
    const NAME: &'static str = "audit-log-archive";
    /// About five hours, with longer and longer waits: the archive may be away, and every later run would do the same.
    const MAX_ATTEMPTS: i16 = 16;
    const TIMEOUT: Duration = Duration::from_secs(240);
    const PRIORITY: i16 = 10;
    const SCHEDULE: Option<&'static str> = Some("0 */5 * * * ?");

    fn example() -> AuditLogArchive {
        AuditLogArchive::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let Some(config) = &ctx.app.config.audit.archive else { return Ok(()) };
        let mut sent = 0;
        loop {
            ctx.go_on()?;
            let batch = archive::step(&ctx.app, config, ctx.now()).await.map_err(JobError::retry)?;
            sent += batch;
            ctx.progress(sent, None, "events sent");
            // What was written meanwhile can wait for the next run.
            if batch < archive::BATCH_MAX {
                return Ok(());
            }
            ctx.pause(PAUSE).await;
        }
    }
}
