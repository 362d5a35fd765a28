//! Move blobs from one backend to another.

use std::time::Duration;

use domain::storage::migrate::{self, Moved, Order};
use entities::ids::StorageObjectId;
use entities::storage_object::Backend;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// Which blobs go where. Readers notice nothing; a run that is interrupted is gone on with.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageMigrate {
    /// The backend they are on: `fs`, `s3` or `db`.
    pub from: String,
    /// The backend they go to.
    pub to: String,
    /// Only those of a bucket, such as `file-media-object`.
    #[serde(default)]
    pub bucket: Option<String>,
}

impl Job for StorageMigrate {
    const NAME: &'static str = "storage-migrate";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;
    const POST_CONDITION: Option<&'static str> = Some("no blob that was to move is left where it was");

    fn example() -> StorageMigrate {
        StorageMigrate { from: Backend::Db.to_string(), to: Backend::Fs.to_string(), bucket: None }
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {}", self.from, self.to))
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (operator, order) = (ctx.operator()?, self.order());
        migrate::check(&ctx.app, &order).map_err(JobError::fail)?;
        let total = migrate::count(&ctx.app, &order).await.map_err(JobError::retry)?;
        let (mut all, mut after) = (Moved::default(), StorageObjectId(Uuid::nil()));
        loop {
            ctx.go_on_unless_paused(Self::NAME).await?;
            let batch = migrate::move_batch(&ctx.app, &operator, &order, &mut after, ctx.now()).await;
            let batch = batch.map_err(JobError::retry)?;
            all = all.plus(batch);
            let summary = format!("{} moved ({} bytes), {} failed", all.moved, all.bytes, all.failed);
            ctx.progress(all.seen, Some(total.max(all.seen)), &summary);
            if batch.seen > 0 {
                continue;
            }
            ctx.log(&summary);
            return match all.failed {
                0 => Ok(()),
                failed => {
                    Err(JobError::retry(format!("{failed} blobs could not be moved; the log says why")))
                }
            };
        }
    }

    async fn verify(&self, ctx: &JobCtx) -> Result<(), JobError> {
        match migrate::count(&ctx.app, &self.order()).await.map_err(JobError::retry)? {
            0 => Ok(()),
            // Uploads of processes that do not know the new default yet.
            left => Err(JobError::retry(format!("{left} blobs came or stayed meanwhile"))),
        }
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        let order = self.order();
        migrate::check(&ctx.app, &order).map_err(JobError::fail)?;
        let left = migrate::count(&ctx.app, &order).await.map_err(JobError::retry)?;
        Ok(Some(format!("would move {left} blobs from {} to {}", order.from, order.to)))
    }
}

impl StorageMigrate {
    fn order(&self) -> Order {
        Order { from: self.from.clone(), to: self.to.clone(), bucket: self.bucket.clone() }
    }
}
