//! Take the small pictures of some boards and components away.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    permits::{ConcurrencyLimit, THUMBNAILS},
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::media::thumbnail;
use poem_openapi::Object;

/// The method `delete-file-object-thumbnails`.
pub struct DeleteFileObjectThumbnails;

/// Which pictures.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// What is shown: `<file>/<page>/<shape>/<tag>` each, of files that the caller may change.
    #[oai(validator(max_items = 200, max_length = 250))]
    object_ids: Vec<String>,
}

impl Method for DeleteFileObjectThumbnails {
    const NAME: &'static str = "delete-file-object-thumbnails";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.19";
    const PERMITS: &'static [ConcurrencyLimit] = THUMBNAILS;
    const AUDITED: bool = false;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        thumbnail::forget(ctx.tx()?, ctx.caller()?, params.object_ids, ctx.now()).await?;
        Ok(Nothing)
    }
}
