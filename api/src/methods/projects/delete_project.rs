//! Delete a project, with its files.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{deletion, permission};
use entities::ids::ProjectId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-project`.
pub struct DeleteProject;

/// Which project.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

impl Method for DeleteProject {
    const NAME: &'static str = "delete-project";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "non-deletable-project")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let project = permission::project_editor(tx, ctx.caller()?, ProjectId(params.id)).await?;
        ctx.audit().prop("team-id", Value::Uuid(project.team_id.0));
        ctx.audit().prop("name", Value::text(&project.name));
        ctx.audit().prop("created-at", Value::Instant(project.created_at.timestamp_millis()));
        ctx.audit().prop("modified-at", Value::Instant(project.modified_at.timestamp_millis()));
        let delay = ctx.app().config.limits.deletion_delay;
        let deleted = deletion::delete_project(tx, &project, delay, ctx.now()).await?;
        ctx.follow_up(deleted.follow_ups).await?;
        Ok(Nothing)
    }
}
