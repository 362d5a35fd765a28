//! Give the caller another photo.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{self, ConcurrencyLimit},
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Upload,
};
use domain::media::photo;
use poem_openapi::Object;

/// The method `update-profile-photo`.
pub struct UpdateProfilePhoto;

/// The photo, as a multipart form.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// JPEG, PNG or WebP; its middle is kept, 256 × 256.
    file: Upload,
}

impl Method for UpdateProfilePhoto {
    const NAME: &'static str = "update-profile-photo";
    /// Reading and storing the picture takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.1";
    const PERMITS: &'static [ConcurrencyLimit] = permits::PICTURES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "media-type-not-allowed"),
        (Fault::Restriction, "media-max-file-size-reached"),
        (Fault::Validation, "invalid-image"),
        (Fault::Validation, "media-type-mismatch"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        photo::update_profile_photo(ctx.app(), ctx.caller()?, params.file.picture(), ctx.now()).await?;
        Ok(Nothing)
    }
}
