//! Carry the mark of a deleted object down to its parts.

use std::time::Duration;

use domain::deletion::{
    Kind,
    cascade::{self, BATCH_MAX, Carried},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// An object that was marked in the same transaction.
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
    const POST_CONDITION: Option<&'static str> = Some("no part is without a mark while the whole has one");

    fn example() -> DeleteObject {
        DeleteObject { object: Kind::File, id: Uuid::from_u128(1) }
    }

    /// Some parts in one transaction. Whoever is stopped goes on where they were; whoever restores the whole between
    /// two of them finds those parts that have its mark, and leaves nothing to do here.
    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let mut all = Carried::default();
        for (kind, id) in self.wholes(ctx).await? {
            let left = cascade::left(&ctx.app.db, kind, id).await.map_err(JobError::retry)?;
            let total = all.files + left;
            loop {
                ctx.go_on()?;
                let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
                let carried = cascade::step(&tx, kind, id, BATCH_MAX).await.map_err(JobError::retry)?;
                tx.commit().await.map_err(JobError::retry)?;
                all = all.plus(carried);
                ctx.progress(all.files, Some(total.max(all.files)), "files marked");
                if carried.is_none() {
                    break;
                }
            }
        }
        ctx.log(&format!("marked: {all}"));
        Ok(())
    }

    async fn verify(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let left = self.unmarked(ctx).await?;
        if left.is_none() { Ok(()) } else { Err(JobError::retry(format!("without it: {left}"))) }
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        let first = self.unmarked(ctx).await?;
        let mut files = 0;
        for (kind, id) in self.wholes(ctx).await? {
            files += cascade::left(&ctx.app.db, kind, id).await.map_err(JobError::retry)?;
        }
        Ok(Some(format!("would mark, at first: {first}; in projects that have a mark: {files} files")))
    }
}

impl DeleteObject {
    async fn wholes(&self, ctx: &JobCtx) -> Result<Vec<(Kind, Uuid)>, JobError> {
        cascade::wholes(&ctx.app.db, self.object, self.id).await.map_err(JobError::retry)
    }

    /// What one more step would mark: it is tried and taken back.
    async fn unmarked(&self, ctx: &JobCtx) -> Result<Carried, JobError> {
        let mut all = Carried::default();
        for (kind, id) in self.wholes(ctx).await? {
            let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
            let carried = cascade::step(&tx, kind, id, BATCH_MAX).await.map_err(JobError::retry)?;
            tx.rollback().await.map_err(JobError::retry)?;
            all = all.plus(carried);
        }
        Ok(all)
    }
}
