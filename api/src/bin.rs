//! The bin of a team: what somebody wants of files in it is done by a job, and their call watches. Whoever leaves ends
//! the watching only; whoever asks for the same again meanwhile watches the same work.

use crate::{
    rpc::{
        ctx::{Call, Ctx},
        error::Result,
        reply::{Events, Progress},
    },
    wire::Set,
};
use domain::{
    deletion::bin::{self, Action},
    permission,
};
use entities::ids::{FileId, ProfileId, TeamId};
use platform::{app::App, db};
use poem_openapi::Object;
use std::{sync::Arc, time::Duration};
use tokio::time::sleep;
use uuid::Uuid;

/// How often it is looked how far the work is.
const PAUSE: Duration = Duration::from_millis(200);

/// A file that was looked at.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct FileStep {
    /// Its key.
    file_id: Uuid,
    /// How many were looked at, this one included.
    index: i64,
    /// All of them.
    total: i64,
}

/// Has it done, and tells of each file, then which of them something was done with.
///
/// # Errors
/// `object-not-found` when the caller may not change the team.
pub async fn events(
    ctx: &Ctx,
    team: TeamId,
    action: Action,
    ids: Vec<Uuid>,
) -> Result<Events<FileStep, Set<Uuid>>> {
    let caller = ctx.caller()?;
    // Before the answer begins, so that it is an ordinary refusal.
    permission::team_editor(&ctx.app().db, caller, team).await?;
    let (call, ids) = (ctx.shared_call(), ids.into_iter().map(FileId).collect::<Vec<_>>());
    Ok(Events::of(move |progress| async move {
        let id = begin(&call, caller, team, action, &ids).await?;
        watch(&call.state.app, id, progress).await
    }))
}

/// The batch, with its job.
async fn begin(
    call: &Arc<Call>,
    caller: ProfileId,
    team: TeamId,
    action: Action,
    ids: &[FileId],
) -> Result<Uuid> {
    let tx = db::begin(&call.state.app.db).await?;
    let team = permission::team_editor(&tx, caller, team).await?;
    let begun = bin::begin(&tx, &team, action, ids, call.now).await?;
    call.commit(tx, begun.follow_ups).await?;
    Ok(begun.id)
}

async fn watch(app: &App, id: Uuid, progress: Progress<FileStep>) -> Result<Set<Uuid>> {
    let mut told = 0;
    loop {
        let look = bin::look(&app.db, id, told).await?;
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        for file in look.fresh {
            told += 1;
            let step = FileStep { file_id: file.into(), index: number(told), total: number(look.total) };
            progress.tell(step).await;
        }
        if let Some(taken) = look.taken {
            return Ok(taken.into_iter().map(Uuid::from).collect());
        }
        sleep(PAUSE).await;
    }
}
