//! List the libraries of a file, and theirs.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::library::Library,
};
use domain::{file::library::listed, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-libraries`.
pub struct GetFileLibraries;

/// Which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    file_id: Uuid,
}

impl Method for GetFileLibraries {
    const NAME: &'static str = "get-file-libraries";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Library>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Library>> {
        let tx = ctx.tx()?;
        let file = permission::file_viewer(tx, ctx.caller()?, FileId(params.file_id)).await?;
        Ok(listed::of_file(tx, &file).await?.into_iter().map(Library::from).collect())
    }
}
