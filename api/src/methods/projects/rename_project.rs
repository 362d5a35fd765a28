//! Give a project another name.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{permission, project};
use entities::ids::ProjectId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `rename-project`.
pub struct RenameProject;

/// The new name.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// The project's key.
    id: Uuid,
    /// Name shown to members.
    #[oai(validator(min_length = 1, max_length = 250))]
    name: String,
}

impl Method for RenameProject {
    const NAME: &'static str = "rename-project";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let project = permission::project_editor(tx, ctx.caller()?, ProjectId(params.id)).await?;
        ctx.audit().prop("team-id", Value::Uuid(project.team_id.0));
        ctx.audit().prop("prev-name", Value::text(&project.name));
        project::rename(tx, &project, params.name, ctx.now()).await?;
        Ok(Nothing)
    }
}
