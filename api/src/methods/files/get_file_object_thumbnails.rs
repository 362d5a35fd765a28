//! List the small pictures of boards and components in a file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Map,
};
use domain::{media::thumbnail, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-file-object-thumbnails`.
pub struct GetFileObjectThumbnails;

/// Which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// Only those for this, such as `frame` or `component`.
    #[oai(validator(max_length = 50))]
    tag: Option<String>,
}

impl Method for GetFileObjectThumbnails {
    const NAME: &'static str = "get-file-object-thumbnails";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Map<String, Uuid>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Map<String, Uuid>> {
        let tx = ctx.tx()?;
        let file = permission::file_viewer(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let found = thumbnail::list(tx, &file, params.tag).await?;
        Ok(Map(found.into_iter().map(|(object, media)| (object, media.into())).collect()))
    }
}
