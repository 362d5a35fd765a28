//! Delete the caller's account, with the teams that are theirs alone.

use crate::{
    http::cookie::SetCookie,
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
};
use domain::deletion::person;
use poem_openapi::Object;

/// The method `delete-profile`.
pub struct DeleteProfile;

/// Nothing to say.
#[derive(Debug, Clone, Object)]
pub struct Params {}

impl Method for DeleteProfile {
    const NAME: &'static str = "delete-profile";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.0";
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "owner-teams-with-people")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, _params: Params) -> Result<Nothing> {
        let delay = ctx.app().config.limits.deletion_delay;
        let deleted = person::delete_profile(ctx.tx()?, ctx.caller()?, delay, ctx.now()).await?;
        ctx.follow_up(deleted.follow_ups).await?;
        ctx.set_cookie(SetCookie::Cleared);
        Ok(Nothing)
    }
}
