//! Ask for a mail that helps somebody who forgot the password.

use crate::{
    rpc::{
        ctx::Ctx,
        error::Result,
        method::{Access, Method},
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Email,
};
use domain::profile::recovery;
use platform::config::Rate;
use poem_openapi::Object;

/// The method `request-profile-recovery`.
pub struct RequestProfileRecovery;

/// Who forgot it.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Address; upper and lower case are the same. Nothing tells whether somebody has it.
    email: Email,
}

impl Method for RequestProfileRecovery {
    const NAME: &'static str = "request-profile-recovery";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const RATES: &'static [Rate] = &[Rate::per_minute(10), Rate::per_hour(60)];
    type Params = Params;
    type Output = Nothing;

    /// The same work for every address: who has it is found out by the job.
    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        ctx.follow_up(recovery::ask(params.email.as_ref())).await?;
        Ok(Nothing)
    }
}
