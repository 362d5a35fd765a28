//! Give a team the fonts that files brought along name.

use std::time::Duration;

use atelier_queue::Twin;
use domain::moving::fonts;
use entities::ids::{ProjectId, TeamId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// A project into which files moved from another team, or which moved itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct CarryFonts {
    /// The project.
    pub project_id: Uuid,
    /// The team that they come from.
    pub team_id: Uuid,
}

impl Job for CarryFonts {
    const NAME: &'static str = "carry-fonts";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    // One that runs may have passed the files that make another necessary.
    const TWIN: Twin = Twin::KeepWaiting;

    fn example() -> CarryFonts {
        CarryFonts { project_id: Uuid::from_u128(1), team_id: Uuid::from_u128(2) }
    }

    fn unique_key(&self) -> Option<String> {
        Some(format!("{} {}", self.project_id, self.team_id))
    }

    /// Some files in one transaction; a font that is there already is not brought again.
    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (project, from) = (ProjectId(self.project_id), TeamId(self.team_id));
        let (mut after, mut variants) = (None, 0);
        loop {
            ctx.go_on()?;
            let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
            let step = fonts::carry(&tx, project, from, after, ctx.now()).await.map_err(JobError::retry)?;
            tx.commit().await.map_err(JobError::retry)?;
            variants += step.variants;
            ctx.progress(variants as u64, None, &format!("{variants} fonts brought along"));
            match step.last {
                Some(last) => after = Some(last),
                None => return Ok(()),
            }
        }
    }
}
