//! Make a file's own what it uses of a library that goes.

use std::time::Duration;

use atelier_queue::Twin;
use domain::file::library::{absorb::absorb, release};
use entities::ids::FileId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// One file and one library that is no library any more, or will be purged: it stays until this is done.
#[derive(Debug, Serialize, Deserialize)]
pub struct AbsorbLibrary {
    /// The file.
    pub file_id: Uuid,
    /// The library.
    pub library_id: Uuid,
}

impl Job for AbsorbLibrary {
    const NAME: &'static str = "absorb-library";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const POST_CONDITION: Option<&'static str> = Some("the file has all that it used of the library");

    // One that runs may have ended before what makes another necessary.
    const TWIN: Twin = Twin::KeepWaiting;

    fn example() -> AbsorbLibrary {
        AbsorbLibrary { file_id: Uuid::from_u128(1), library_id: Uuid::from_u128(2) }
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {}", self.file_id, self.library_id))
    }

    /// All in one transaction: whoever is stopped has done nothing, and whoever comes second finds nothing to do.
    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        let (file, library) = (FileId(self.file_id), FileId(self.library_id));
        let absorbed = absorb(&ctx.app, &tx, file, library, ctx.now()).await.map_err(JobError::retry)?;
        ctx.commit(tx, absorbed.follow_ups).await?;
        ctx.log(&format!("{} changes, {} pictures", absorbed.changes, absorbed.pictures));
        Ok(())
    }

    async fn verify(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (file, library) = (FileId(self.file_id), FileId(self.library_id));
        match release::is_pending(&ctx.app.db, file, library).await.map_err(JobError::retry)? {
            true => Err(JobError::retry("the file still has to take over what it uses")),
            false => Ok(()),
        }
    }
}
