//! Carry the mark of a deleted object down to its parts.

use domain::deletion::{Kind, Marked, cascade::cascade};
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

    fn example() -> DeleteObject {
        DeleteObject { object: Kind::File, id: Uuid::from_u128(1) }
    }

    /// All parts in one transaction: somebody who restores the object finds it whole.
    async fn run(self, ctx: &JobCtx) -> Result<(), JobError> {
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        let carried = cascade(&tx, self.object, self.id).await.map_err(JobError::retry)?;
        tx.commit().await.map_err(JobError::retry)?;
        ctx.log(&format!("{carried:?}"));
        Ok(())
    }
}
