//! Put the pieces of an upload together as a picture of a file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{self, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    views::media::Media,
};
use domain::{
    media::{NewMedia, chunks},
    permission,
};
use entities::ids::{FileId, MediaId, UploadSessionId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `assemble-file-media-object`.
pub struct AssembleFileMediaObject;

/// Which upload, and what it is.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The upload, begun by the caller, with all its pieces.
    session_id: Uuid,
    /// The file it will lie in.
    file_id: Uuid,
    /// Whether it belongs to a drawing, not to the file's library.
    is_local: bool,
    /// Name.
    #[oai(validator(max_length = 250))]
    name: String,
    /// Media type of the whole: that of a JPEG, PNG, WebP, GIF or SVG.
    #[oai(validator(max_length = 250))]
    mtype: String,
    /// Chosen key; a fresh one when left out.
    id: Option<Uuid>,
}

impl Method for AssembleFileMediaObject {
    const NAME: &'static str = "assemble-file-media-object";
    /// Reading and storing the picture takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.17";
    const PERMITS: &'static [ConcurrencyLimit] = permits::PICTURES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "missing-chunks"),
        (Fault::Validation, "media-type-not-allowed"),
        (Fault::Restriction, "media-max-file-size-reached"),
        (Fault::Validation, "invalid-image"),
        (Fault::Validation, "media-type-mismatch"),
        (Fault::Validation, "unable-to-parse-svg"),
        (Fault::Validation, "object-already-exists"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Media;

    async fn call(ctx: &Ctx, params: Params) -> Result<Media> {
        let app = ctx.app();
        let file = permission::file_editor(&app.db, ctx.caller()?, FileId(params.file_id)).await?;
        let wanted = NewMedia { id: params.id.map(MediaId), name: params.name, is_local: params.is_local };
        let session = UploadSessionId(params.session_id);
        let taken = chunks::assemble(app, &file, session, wanted, params.mtype, ctx.now()).await?;
        Ok(Media::taken(ctx, taken))
    }
}
