//! Count the files that use a library.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    tx_mode::TxMode,
};
use domain::{file::library::listed, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-library-usage`.
pub struct GetLibraryUsage;

/// Which library.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The key of its file.
    file_id: Uuid,
}

/// In how many files a library is used.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// Files that use it.
    used_in: i64,
}

impl Method for GetLibraryUsage {
    const NAME: &'static str = "get-library-usage";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.10.0";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let tx = ctx.tx()?;
        let library = permission::file_viewer(tx, ctx.caller()?, FileId(params.file_id)).await?;
        Ok(Output { used_in: listed::usage(tx, &library).await? })
    }
}
