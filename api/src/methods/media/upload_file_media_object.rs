//! Upload a picture into a file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{self, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    views::media::Media,
    wire::Upload,
};
use domain::{
    media::{self, NewMedia},
    permission,
};
use entities::ids::{FileId, MediaId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `upload-file-media-object`.
pub struct UploadFileMediaObject;

/// The picture, as a multipart form.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file it will lie in.
    file_id: Uuid,
    /// Whether it belongs to a drawing, not to the file's library.
    is_local: bool,
    /// Name.
    #[oai(validator(max_length = 250))]
    name: String,
    /// JPEG, PNG, WebP, GIF or SVG; its part names its media type.
    content: Upload,
    /// Chosen key; a fresh one when left out.
    id: Option<Uuid>,
}

impl Method for UploadFileMediaObject {
    const NAME: &'static str = "upload-file-media-object";
    /// Reading and storing the picture takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.17";
    const PERMITS: &'static [ConcurrencyLimit] = permits::PICTURES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
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
        let upload = params.content.picture();
        let taken = media::upload_file_media_object(app, &file, wanted, upload, ctx.now()).await?;
        Ok(Media::taken(ctx, taken))
    }
}
