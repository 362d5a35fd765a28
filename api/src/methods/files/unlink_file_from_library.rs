//! End a file's being the library of another file.

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

/// The method `unlink-file-from-library`.
pub struct UnlinkFileFromLibrary;

/// Which two files.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file that uses the other one.
    file_id: Uuid,
    /// Its library.
    library_id: Uuid,
}

impl Method for UnlinkFileFromLibrary {
    const NAME: &'static str = "unlink-file-from-library";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let file = permission::file_editor(tx, caller, FileId(params.file_id)).await?;
        let library = permission::file_editor(tx, caller, FileId(params.library_id)).await?;
        library::unlink(tx, &file, &library).await?;
        Ok(Nothing)
    }
}
