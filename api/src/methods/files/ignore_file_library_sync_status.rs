//! Tell nobody in a file of older changes of its libraries.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Instant,
};
use domain::{file::library, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `ignore-file-library-sync-status`.
pub struct IgnoreFileLibrarySyncStatus;

/// Which file, and until when.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// Changes before this moment are not told.
    date: Instant,
}

impl Method for IgnoreFileLibrarySyncStatus {
    const NAME: &'static str = "ignore-file-library-sync-status";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let file = permission::file_editor(tx, ctx.caller()?, FileId(params.file_id)).await?;
        library::ignore_changes(tx, &file, params.date.0, ctx.now()).await?;
        Ok(Nothing)
    }
}
