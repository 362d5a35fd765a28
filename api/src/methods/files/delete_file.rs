//! Delete a file.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{deletion, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-file`.
pub struct DeleteFile;

/// Which file.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

impl Method for DeleteFile {
    const NAME: &'static str = "delete-file";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let file = permission::file_editor(tx, ctx.caller()?, FileId(params.id)).await?;
        ctx.audit().prop("project-id", Value::Uuid(file.project_id.0));
        ctx.audit().prop("name", Value::text(&file.name));
        let delay = ctx.app().config.limits.deletion_delay;
        let deleted = deletion::delete_file(tx, &file, delay, ctx.now()).await?;
        ctx.follow_up(deleted.follow_ups).await?;
        Ok(Nothing)
    }
}
