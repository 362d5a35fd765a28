//! Put a picture of one file into another.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::media::Media,
};
use domain::{media, permission};
use entities::ids::{FileId, MediaId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `clone-file-media-object`.
pub struct CloneFileMediaObject;

/// Which picture, and where to.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file it will lie in too.
    file_id: Uuid,
    /// Whether it belongs to a drawing, not to the file's library.
    is_local: bool,
    /// The picture, of a file that the caller may look at.
    id: Uuid,
}

impl Method for CloneFileMediaObject {
    const NAME: &'static str = "clone-file-media-object";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Media;

    async fn call(ctx: &Ctx, params: Params) -> Result<Media> {
        let tx = ctx.tx()?;
        let file = permission::file_editor(tx, ctx.caller()?, FileId(params.file_id)).await?;
        let source = MediaId(params.id);
        Ok(media::clone_file_media_object(tx, &file, source, params.is_local, ctx.now()).await?.into())
    }
}
