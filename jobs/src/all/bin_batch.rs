//! Work through files in the bin of a team.

use std::time::Duration;

use domain::deletion::bin;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// Files that somebody wants back, or gone for good.
#[derive(Debug, Serialize, Deserialize)]
pub struct BinBatch {
    /// The batch.
    pub batch_id: Uuid,
}

impl Job for BinBatch {
    const NAME: &'static str = "bin-batch";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    // Somebody watches.
    const PRIORITY: i16 = 200;

    fn example() -> BinBatch {
        BinBatch { batch_id: Uuid::from_u128(1) }
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.batch_id.to_string())
    }

    /// Some files in one transaction, which also notes how far it is: whoever is stopped goes on there.
    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let mut has_more = true;
        while has_more {
            ctx.go_on()?;
            let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
            has_more = bin::prepare(&tx, self.batch_id).await.map_err(JobError::retry)?;
            tx.commit().await.map_err(JobError::retry)?;
        }
        loop {
            ctx.go_on()?;
            let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
            let step = bin::step(&tx, self.batch_id, ctx.now()).await.map_err(JobError::retry)?;
            ctx.commit(tx, step.follow_ups).await?;
            ctx.progress(step.done, Some(step.total), &format!("{} of {} files", step.done, step.total));
            if step.is_finished {
                return Ok(());
            }
        }
    }
}
