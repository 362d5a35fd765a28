//! Delete what a demo account leaves when its time is over.

use domain::profile::demo;
use entities::ids::{ProfileId, TeamId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::delete_object::DeleteObject;
use crate::{Enqueue, Job, JobCtx, JobError, Origin};

/// The account itself was marked when it was made. This marks the teams that nobody else is in.
#[derive(Debug, Serialize, Deserialize)]
pub struct EndDemo {
    /// The account, which may have been purged.
    pub profile_id: ProfileId,
    /// Its own team.
    pub team_id: TeamId,
}

impl Job for EndDemo {
    const NAME: &'static str = "end-demo";
    const PRIORITY: i16 = 10;

    fn example() -> EndDemo {
        EndDemo { profile_id: ProfileId(Uuid::from_u128(1)), team_id: TeamId(Uuid::from_u128(2)) }
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        let marked = demo::end(&tx, self.profile_id, self.team_id, ctx.now()).await;
        for team in marked.map_err(JobError::retry)? {
            let options = Enqueue {
                origin: Origin { parent: Some(ctx.id()), ..Origin::default() },
                clock_shift: ctx.clock_shift(),
                ..Enqueue::default()
            };
            crate::enqueue(&tx, &DeleteObject::from(team), options).await.map_err(JobError::retry)?;
        }
        tx.commit().await.map_err(JobError::retry)
    }
}
