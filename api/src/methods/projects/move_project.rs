//! Move a project to another team.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{
    moving, permission,
    quota::{self, Scope, Target},
};
use entities::ids::{ProjectId, TeamId};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `move-project`.
pub struct MoveProject;

/// Which project, and where to.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team that will own it.
    team_id: Uuid,
    /// Its key.
    project_id: Uuid,
}

impl Method for MoveProject {
    const NAME: &'static str = "move-project";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.16";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "cant-move-to-same-team"),
        (Fault::Restriction, "cant-move-drafts"),
        (Fault::Restriction, "team-feature-mismatch"),
        (Fault::Restriction, "file-feature-mismatch"),
        (Fault::Restriction, "file-in-components-v1"),
        (Fault::Restriction, "max-quote-reached"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let project = permission::project_editor(tx, caller, ProjectId(params.project_id)).await?;
        // A role in the project alone does not do.
        let from = permission::team_editor_locked(tx, caller, project.team_id).await?;
        let into = permission::team_editor_locked(tx, caller, TeamId(params.team_id)).await?;
        if from.id != into.id {
            let scope = Scope::profile(caller).team(into.id);
            quota::check(&ctx.app().config, tx, Target::ProjectsPerTeam, scope, 1, ctx.now()).await?;
        }
        ctx.audit().prop("name", Value::text(&project.name));
        ctx.audit().prop("old-team-id", Value::Uuid(from.id.0));
        let follow_ups = moving::project(ctx.app(), tx, &project, &from, &into, ctx.now()).await?;
        ctx.follow_up(follow_ups).await?;
        Ok(Nothing)
    }
}
