//! Give a file another name.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Instant,
};
use domain::{file, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `rename-file`.
pub struct RenameFile;

/// Which file, and how it shall be called.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// Name shown to members.
    #[oai(validator(min_length = 1, max_length = 250))]
    name: String,
}

/// The file, as it is called now.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Its key.
    id: Uuid,
    /// Name shown to members.
    name: String,
    /// When it was made.
    created_at: Instant,
    /// When it last changed.
    modified_at: Instant,
}

impl Method for RenameFile {
    const NAME: &'static str = "rename-file";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let held = permission::file_editor(tx, ctx.caller()?, FileId(params.id)).await?;
        ctx.audit().prop("project-id", Value::Uuid(held.project_id.0));
        let row = file::rename(tx, &held, params.name, ctx.now()).await?;
        Ok(Output {
            id: row.id.into(),
            name: row.name,
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
        })
    }
}
