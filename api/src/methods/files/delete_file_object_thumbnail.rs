//! Take the small picture of a board or a component away.

use crate::rpc::{
    ctx::Ctx,
    error::{Error, Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::media::thumbnail;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `delete-file-object-thumbnail`.
pub struct DeleteFileObjectThumbnail;

/// Which picture.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// What is shown: `<file>/<page>/<shape>/<tag>`.
    #[oai(validator(max_length = 250))]
    object_id: String,
}

impl Method for DeleteFileObjectThumbnail {
    const NAME: &'static str = "delete-file-object-thumbnail";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.19";
    const AUDITED: bool = false;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        // Another file's is none of this one.
        if !params.object_id.starts_with(&params.file_id.to_string()) {
            return Err(Error::hidden());
        }
        thumbnail::forget(ctx.tx()?, ctx.caller()?, vec![params.object_id], ctx.now()).await?;
        Ok(Nothing)
    }
}
