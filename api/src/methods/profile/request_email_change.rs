//! Ask to move the caller to another address.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Maybe,
        tx_mode::TxMode,
    },
    wire::Email,
};
use domain::profile::email::{self, Requested};
use platform::config::Rate;
use poem_openapi::Object;

/// The method `request-email-change`.
pub struct RequestEmailChange;

/// Where to.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Address; upper and lower case are the same.
    email: Email,
}

/// It is so already, because no mails are sent here. Nothing when a mail asks, at the address of now.
#[derive(Debug, Object)]
pub struct Output {
    /// True.
    changed: bool,
}

impl Method for RequestEmailChange {
    const NAME: &'static str = "request-email-change";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.0";
    /// It sends mails to others.
    const RATES: &'static [Rate] = &[Rate::per_minute(5), Rate::per_hour(30)];
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Restriction, "email-domain-is-not-allowed"),
        (Fault::Validation, "profile-is-muted"),
        (Fault::Validation, "email-already-exists"),
        (Fault::Restriction, "email-has-permanent-bounces"),
        (Fault::Restriction, "email-has-complaints"),
    ];
    type Params = Params;
    type Output = Maybe<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let (app, tx, caller) = (ctx.app(), ctx.tx()?, ctx.caller()?);
        match email::request_change(app, tx, caller, params.email.as_ref(), ctx.now()).await? {
            Requested::Changed => return Ok(Maybe(Some(Output { changed: true }))),
            Requested::Asked(follow_ups) => ctx.follow_up(follow_ups).await?,
            Requested::Same => {}
        }
        Ok(Maybe(None))
    }
}
