//! Make a copy of a project with its files.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{COPIES, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    views::project::Project,
};
use domain::{
    file::duplicate,
    permission,
    quota::{self, Scope, Target},
};
use entities::ids::ProjectId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `duplicate-project`.
pub struct DuplicateProject;

/// Which project.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    project_id: Uuid,
    /// The name of the copy; that of the project when left out.
    #[oai(validator(min_length = 1, max_length = 250))]
    name: Option<String>,
}

impl Method for DuplicateProject {
    const NAME: &'static str = "duplicate-project";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.16";
    const WEBHOOK: bool = true;
    const PERMITS: &'static [ConcurrencyLimit] = COPIES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Restriction, "file-version-not-supported"),
        (Fault::Restriction, "project-too-large"),
        (Fault::Restriction, "max-quote-reached"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Project;

    async fn call(ctx: &Ctx, params: Params) -> Result<Project> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let source = permission::project_viewer(tx, caller, ProjectId(params.project_id)).await?;
        // A role in the project alone does not do.
        let team = permission::team_editor_locked(tx, caller, source.team_id).await?;
        let scope = Scope::profile(caller).team(team.id);
        quota::check(&ctx.app().config, tx, Target::ProjectsPerTeam, scope, 1, ctx.now()).await?;
        let made = duplicate::project(ctx.app(), tx, &source, &team, params.name, ctx.now()).await?;
        let (project, follow_ups) = made;
        ctx.audit().prop("id", Value::Uuid(project.id.0));
        ctx.audit().prop("team-id", Value::Uuid(team.id.0));
        ctx.follow_up(follow_ups).await?;
        Ok(project.into())
    }
}
