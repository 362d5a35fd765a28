//! Tell whether a file has libraries.

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

/// The method `has-file-libraries`.
pub struct HasFileLibraries;

/// Which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    file_id: Uuid,
}

impl Method for HasFileLibraries {
    const NAME: &'static str = "has-file-libraries";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.15.1";
    const AUDITED: bool = false;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = bool;

    async fn call(ctx: &Ctx, params: Params) -> Result<bool> {
        let tx = ctx.tx()?;
        let file = permission::file_viewer(tx, ctx.caller()?, FileId(params.file_id)).await?;
        Ok(listed::has_any(tx, &file).await?)
    }
}
