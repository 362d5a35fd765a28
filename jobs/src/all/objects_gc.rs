//! Purge rows whose time of grace is over.

use std::time::Duration;

use domain::deletion::purge::{BATCH_MAX, Purged, objects_gc_batch};
use domain::file::parts::sweep::{Swept, sweep_batch};
use serde::{Deserialize, Serialize};

use crate::{Job, JobCtx, JobError};

/// Everything that was due when the run began, and what documents were made of that are gone.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ObjectsGc {}

impl Job for ObjectsGc {
    const NAME: &'static str = "objects-gc";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;
    const SCHEDULE: Option<&'static str> = Some("0 0 0 * * ?");

    fn example() -> ObjectsGc {
        ObjectsGc::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let now = ctx.now();
        let mut all = Purged::default();
        loop {
            ctx.go_on()?;
            let batch = objects_gc_batch(&ctx.app, now, BATCH_MAX).await.map_err(JobError::retry)?;
            all = all.plus(batch);
            ctx.progress(all.total(), None, &all.to_string());
            if batch.total() == 0 {
                break;
            }
        }
        let mut swept = Swept::default();
        loop {
            ctx.go_on()?;
            let batch = sweep_batch(&ctx.app).await.map_err(JobError::retry)?;
            if batch.total() == 0 {
                return Ok(());
            }
            swept = swept.plus(batch);
            ctx.progress(all.total() + swept.parts, None, &format!("{all}; {swept}"));
        }
    }
}
