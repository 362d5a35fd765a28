//! Delete what lies in a deleted object.

use std::time::Duration;

use domain::{
    deletion::{
        Kind,
        cascade::{self, BATCH_MAX},
        counts::Counts,
    },
    file::library::release,
    follow_up::{FollowUps, JobRequest},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// An object that was deleted in the same transaction.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeleteObject {
    /// What it is.
    pub object: Kind,
    /// Its id.
    pub id: Uuid,
}

impl Job for DeleteObject {
    const NAME: &'static str = "delete-object";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const POST_CONDITION: Option<&'static str> = Some("everything in a deleted object is deleted");

    fn example() -> DeleteObject {
        DeleteObject { object: Kind::File, id: Uuid::from_u128(1) }
    }

    /// Some rows in one transaction. Whoever is stopped goes on where they were; whoever restores the root between
    /// two of them finds those rows that have its `deleted_at`, and leaves nothing to do here.
    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let mut all = Counts::default();
        for (kind, id) in self.roots(ctx).await? {
            // One file is one step: nobody sees how far it is.
            let remaining = match kind {
                Kind::File => Counts::default(),
                _ => cascade::remaining(&ctx.app.db, kind, id).await.map_err(JobError::retry)?,
            };
            let total = files(&all) + files(&remaining);
            let mut has_more = true;
            while has_more {
                ctx.go_on()?;
                let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
                let step = cascade::step(&tx, kind, id, BATCH_MAX).await.map_err(JobError::retry)?;
                tx.commit().await.map_err(JobError::retry)?;
                all = all.plus(step.deleted);
                ctx.progress(files(&all), Some(total.max(files(&all))), "files deleted");
                has_more = step.has_more;
            }
        }
        ctx.log(&format!("deleted: {all}"));
        self.release(ctx).await
    }

    async fn verify(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let remaining = self.remaining(ctx).await?;
        match remaining.total() {
            0 => Ok(()),
            _ => Err(JobError::retry(format!("not deleted: {remaining}"))),
        }
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        Ok(Some(format!("would delete {}", self.remaining(ctx).await?)))
    }
}

impl DeleteObject {
    /// Files that use a library among what was deleted take over what they use.
    async fn release(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        if release::is_any_deleted(&tx, ctx.now()).await.map_err(JobError::retry)? {
            ctx.commit(tx, FollowUps::default().job(JobRequest::ReleaseLibraries)).await?;
        }
        Ok(())
    }

    async fn roots(&self, ctx: &JobCtx) -> Result<Vec<(Kind, Uuid)>, JobError> {
        cascade::roots(&ctx.app.db, self.object, self.id).await.map_err(JobError::retry)
    }

    /// What should be deleted and is not, counted.
    async fn remaining(&self, ctx: &JobCtx) -> Result<Counts, JobError> {
        let mut all = Counts::default();
        for (kind, id) in self.roots(ctx).await? {
            all = all.plus(cascade::remaining(&ctx.app.db, kind, id).await.map_err(JobError::retry)?);
        }
        Ok(all)
    }
}

fn files(counts: &Counts) -> u64 {
    counts.of(Kind::File.table())
}
