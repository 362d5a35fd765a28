//! Create a project in a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::project::Project,
};
use domain::{
    permission,
    project::{self, NewProject},
    quota::{self, Scope, Target},
};
use entities::ids::{ProjectId, TeamId};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-project`.
pub struct CreateProject;

/// The project that is wanted.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team that will own it.
    team_id: Uuid,
    /// Name shown to members.
    #[oai(validator(min_length = 1, max_length = 250))]
    name: String,
    /// Chosen key; a fresh one when left out.
    id: Option<Uuid>,
}

/// The new project.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The project.
    #[oai(flatten)]
    project: Project,
    /// Whether the caller keeps it at the top.
    is_pinned: bool,
}

impl Method for CreateProject {
    const NAME: &'static str = "create-project";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "object-already-exists"),
        (Fault::Restriction, "max-quote-reached"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let team = permission::team_editor_locked(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let wanted = NewProject { id: params.id.map(ProjectId), name: params.name };
        let project = match project::made_before(tx, &team, &wanted).await? {
            Some(made) => {
                ctx.audit().repeats();
                made
            }
            None => {
                let scope = Scope::profile(team.caller()).team(team.id);
                quota::check(&ctx.app().config, tx, Target::ProjectsPerTeam, scope, 1, ctx.now()).await?;
                project::create(tx, &team, wanted, ctx.now()).await?
            }
        };
        ctx.audit().prop("id", Value::Uuid(project.id.0));
        Ok(Output { project: project.into(), is_pinned: false })
    }
}
