//! Carry the mark of a deleted object down to its parts.

use domain::deletion::{
    Kind, Marked,
    cascade::{Carried, cascade},
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

impl From<Marked> for DeleteObject {
    fn from(marked: Marked) -> DeleteObject {
        DeleteObject { object: marked.kind, id: marked.id }
    }
}

impl Job for DeleteObject {
    const NAME: &'static str = "delete-object";
    const POST_CONDITION: Option<&'static str> = Some("every part has the mark of the whole");

    fn example() -> DeleteObject {
        DeleteObject { object: Kind::File, id: Uuid::from_u128(1) }
    }

    /// All parts in one transaction: somebody who restores the object finds it whole.
    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        let carried = cascade(&tx, self.object, self.id).await.map_err(JobError::retry)?;
        tx.commit().await.map_err(JobError::retry)?;
        ctx.log(&format!("{carried:?}"));
        Ok(())
    }

    async fn verify(&self, ctx: &JobCtx) -> Result<(), JobError> {
        match self.unmarked(ctx).await? {
            none if none == Carried::default() => Ok(()),
            left => Err(JobError::retry(format!("without it: {left:?}"))),
        }
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        Ok(Some(format!("would mark {:?}", self.unmarked(ctx).await?)))
    }
}

impl DeleteObject {
    /// What a run would mark: it is tried and taken back.
    async fn unmarked(&self, ctx: &JobCtx) -> Result<Carried, JobError> {
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        let carried = cascade(&tx, self.object, self.id).await.map_err(JobError::retry)?;
        tx.rollback().await.map_err(JobError::retry)?;
        Ok(carried)
    }
}
