//! Change the caller's name, language and theme.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::profile::Profile,
    wire::Text,
};
use domain::profile::{self, Change};
use poem_openapi::Object;

/// The method `update-profile`.
pub struct UpdateProfile;

/// How the account shall be.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// The name shown to others.
    #[oai(validator(max_length = 250))]
    fullname: Text,
    /// Language; forgotten when left out.
    #[oai(validator(max_length = 8))]
    lang: Option<String>,
    /// Colour theme; forgotten when left out.
    #[oai(validator(max_length = 250))]
    theme: Option<String>,
}

impl Method for UpdateProfile {
    const NAME: &'static str = "update-profile";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.0";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Profile;

    async fn call(ctx: &Ctx, params: Params) -> Result<Profile> {
        let change = Change { fullname: params.fullname.into(), lang: params.lang, theme: params.theme };
        Ok(profile::update(ctx.tx()?, ctx.caller()?, change, ctx.now()).await?.into())
    }
}
