//! Publish a file as a library, or end that.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    tx_mode::TxMode,
};
use domain::{file::library, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `set-file-shared`.
pub struct SetFileShared;

/// Which file, and whether.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// Whether it shall be a library.
    is_shared: bool,
}

/// The file, as it is now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Its key.
    id: Uuid,
    /// Name shown to members.
    name: String,
    /// Whether it is published as a library.
    is_shared: bool,
}

impl Method for SetFileShared {
    const NAME: &'static str = "set-file-shared";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "invalid-shared-state")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let file = permission::file_editor(tx, ctx.caller()?, FileId(params.id)).await?;
        ctx.audit().prop("project-id", Value::Uuid(file.project_id.0));
        ctx.audit().prop("name", Value::text(&file.name));
        let (row, follow_ups) = library::set_shared(tx, &file, params.is_shared, ctx.now()).await?;
        ctx.follow_up(follow_ups).await?;
        Ok(Output { id: row.id.into(), name: row.name, is_shared: row.is_shared })
    }
}
