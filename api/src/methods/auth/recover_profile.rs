//! Choose a new password with the link of a mail.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::{Access, Method},
        permits::{self, ConcurrencyLimit},
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Text,
};
use domain::profile::recovery;
use platform::config::Rate;
use poem_openapi::Object;

/// The method `recover-profile`.
pub struct RecoverProfile;

/// The link's token, and the password.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// From the mail; good for 15 minutes, once.
    #[oai(validator(max_length = 5000))]
    token: Text,
    /// Password. Every session of the account ends.
    #[oai(validator(max_length = 500))]
    password: Text,
}

impl Method for RecoverProfile {
    const NAME: &'static str = "recover-profile";
    const ACCESS: Access = Access::Public;
    /// Hashing the password takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.15";
    const RATES: &'static [Rate] = &[Rate::per_minute(10), Rate::per_hour(60)];
    const PERMITS: &'static [ConcurrencyLimit] = permits::PASSWORDS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::Validation, "invalid-token"),
        (Fault::Validation, "email-as-password"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (token, password) = (params.token.as_ref(), params.password.into());
        ctx.audit().actor(recovery::recover(ctx.app(), token, password, ctx.now()).await?);
        Ok(Nothing)
    }
}
