//! Keep a project at the top of one's list, or no longer.

use crate::rpc::{
    ctx::Ctx,
    error::{Error, Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{permission, project};
use entities::ids::ProjectId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `update-project-pin`.
pub struct UpdateProjectPin;

/// Which project, and whether.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The project's key.
    id: Uuid,
    /// The project's team.
    team_id: Uuid,
    /// Whether it is kept at the top.
    is_pinned: bool,
}

impl Method for UpdateProjectPin {
    const NAME: &'static str = "update-project-pin";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let project = permission::project_viewer(tx, ctx.caller()?, ProjectId(params.id)).await?;
        if project.team_id.0 != params.team_id {
            return Err(Error::from(domain::Error::NotFound));
        }
        project::pin(tx, &project, params.is_pinned, ctx.now()).await?;
        Ok(Nothing)
    }
}
