//! Give a file another small picture, of one of its revisions.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{ConcurrencyLimit, THUMBNAILS},
        tx_mode::TxMode,
    },
    views::asset,
    wire::{Upload, Uri},
};
use domain::{media::thumbnail, permission};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `create-file-thumbnail`.
pub struct CreateFileThumbnail;

/// The picture, as a multipart form.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// The revision that is shown: at most the one that the file has.
    #[oai(validator(minimum(value = "0")))]
    revn: i64,
    /// JPEG, PNG, WebP, GIF or SVG; its part names its media type.
    media: Upload,
}

/// Where it is.
#[derive(Debug, Object)]
pub struct Output {
    /// Its address.
    uri: Uri,
    /// As a storage object.
    id: Uuid,
}

impl Method for CreateFileThumbnail {
    const NAME: &'static str = "create-file-thumbnail";
    /// Reading and storing the picture takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.19";
    const PERMITS: &'static [ConcurrencyLimit] = THUMBNAILS;
    const AUDITED: bool = false;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "revn-conflict"),
        (Fault::Validation, "media-type-not-allowed"),
        (Fault::Restriction, "media-max-file-size-reached"),
        (Fault::Validation, "invalid-image"),
        (Fault::Validation, "media-type-mismatch"),
        (Fault::Validation, "unable-to-parse-svg"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let app = ctx.app();
        let file = permission::file_editor(&app.db, ctx.caller()?, FileId(params.file_id)).await?;
        let id = thumbnail::of_file(app, &file, params.revn, params.media.picture(), ctx.now()).await?;
        Ok(Output { uri: asset::uri(app, id), id: id.into() })
    }
}
