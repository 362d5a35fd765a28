//! Note that a file has every change of a library.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{file::library, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `update-file-library-sync-status`.
pub struct UpdateFileLibrarySyncStatus;

/// Which two files.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file that has the changes.
    file_id: Uuid,
    /// Its library, or one of its libraries' own.
    library_id: Uuid,
}

impl Method for UpdateFileLibrarySyncStatus {
    const NAME: &'static str = "update-file-library-sync-status";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let file = permission::file_editor(tx, caller, FileId(params.file_id)).await?;
        let library = permission::file_editor(tx, caller, FileId(params.library_id)).await?;
        library::note_synced(tx, &file, &library, ctx.now()).await?;
        Ok(Nothing)
    }
}
