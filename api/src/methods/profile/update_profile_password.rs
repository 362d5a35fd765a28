//! Change the caller's password and end the other sessions.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{self, ConcurrencyLimit},
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Text,
};
use domain::profile::password;
use platform::config::Rate;
use poem_openapi::Object;

/// The method `update-profile-password`.
pub struct UpdateProfilePassword;

/// Both passwords.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The new one.
    #[oai(validator(max_length = 500))]
    password: Text,
    /// The one of now; not needed by accounts without a password.
    #[oai(validator(max_length = 500))]
    old_password: Option<String>,
}

impl Method for UpdateProfilePassword {
    const NAME: &'static str = "update-profile-password";
    /// Hashing the passwords takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.0";
    /// Somebody at a browser that was left open may guess the old password.
    const RATES: &'static [Rate] = &[Rate::per_minute(10), Rate::per_hour(60)];
    const PERMITS: &'static [ConcurrencyLimit] = permits::PASSWORDS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "old-password-not-match"),
        (Fault::Validation, "email-as-password"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (caller, own, old) = (ctx.caller()?, ctx.call().caller.session, params.old_password);
        password::update(ctx.app(), caller, own, params.password.into(), old, ctx.now()).await?;
        Ok(Nothing)
    }
}
