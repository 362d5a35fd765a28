//! Take the caller's photo away.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::media::photo;
use poem_openapi::Object;

/// The method `delete-profile-photo`.
pub struct DeleteProfilePhoto;

/// Nothing to say.
#[derive(Debug, Clone, Object)]
pub struct Params {}

impl Method for DeleteProfilePhoto {
    const NAME: &'static str = "delete-profile-photo";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "2.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, _: Params) -> Result<Nothing> {
        photo::delete_profile_photo(ctx.tx()?, ctx.caller()?, ctx.now()).await?;
        Ok(Nothing)
    }
}
