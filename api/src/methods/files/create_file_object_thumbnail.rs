//! Give a board or a component another small picture.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{ConcurrencyLimit, THUMBNAILS},
        tx_mode::TxMode,
    },
    wire::{Instant, Upload},
};
use domain::{
    media::thumbnail::{self, ThumbnailKey},
    permission,
};
use entities::ids::FileId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `create-file-object-thumbnail`.
pub struct CreateFileObjectThumbnail;

/// The picture, as a multipart form.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file.
    file_id: Uuid,
    /// What is shown: `<file>/<page>/<shape>/<tag>`.
    #[oai(validator(max_length = 250))]
    object_id: String,
    /// JPEG, PNG, WebP, GIF or SVG; its part names its media type.
    media: Upload,
    /// What it is for, such as `component`; `frame` when left out.
    #[oai(validator(max_length = 50))]
    tag: Option<String>,
}

/// The picture.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The file.
    file_id: Uuid,
    /// What is shown.
    object_id: String,
    /// What it is for.
    tag: String,
    /// As a storage object.
    media_id: Uuid,
    /// When there first was one.
    created_at: Instant,
    /// When it was last drawn: now.
    updated_at: Instant,
    /// Null: it is there.
    deleted_at: Option<Instant>,
}

impl Method for CreateFileObjectThumbnail {
    const NAME: &'static str = "create-file-object-thumbnail";
    /// Reading and storing the picture takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.19";
    const PERMITS: &'static [ConcurrencyLimit] = THUMBNAILS;
    const AUDITED: bool = false;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
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
        let tag = params.tag.unwrap_or_else(|| "frame".to_owned());
        let shown = ThumbnailKey { tag, object_id: params.object_id };
        let made = thumbnail::of_object(app, &file, shown, params.media.picture(), ctx.now()).await?;
        Ok(Output {
            file_id: made.file_id.into(),
            object_id: made.object_id,
            tag: made.tag,
            media_id: made.media_id.into(),
            created_at: made.created_at.into(),
            updated_at: made.updated_at.into(),
            deleted_at: None,
        })
    }
}
