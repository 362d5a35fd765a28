//! Mark pictures that nothing in their file uses.

use domain::media::trim::trim_media;
use entities::ids::FileId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// One file, as it was at a revision: one that changed since is looked at another time.
#[derive(Debug, Serialize, Deserialize)]
pub struct FileGc {
    /// The file.
    pub file_id: Uuid,
    /// Its revision.
    pub revn: i64,
}

impl Job for FileGc {
    const NAME: &'static str = "file-gc";
    const PRIORITY: i16 = 10;
    const HOUSEKEEPING: bool = true;

    fn example() -> FileGc {
        FileGc { file_id: Uuid::from_u128(1), revn: 0 }
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.file_id.to_string())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let trimmed = trim_media(&ctx.app, FileId(self.file_id), self.revn, ctx.now()).await;
        ctx.log(&format!("{:?}", trimmed.map_err(JobError::retry)?));
        Ok(())
    }
}
