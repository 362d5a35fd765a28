//! End the caller's session.

use crate::{
    http::cookie::SetCookie,
    rpc::{
        ctx::Ctx,
        error::Result,
        method::{Access, Method},
        tx_mode::TxMode,
    },
};
use domain::session;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `logout`.
pub struct Logout;

/// Whose session ends.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Nothing happens unless this is the caller: a page left open ends no session that somebody else began since.
    profile_id: Option<Uuid>,
}

/// Nothing to say.
#[derive(Debug, Object)]
pub struct Output {}

impl Method for Logout {
    const NAME: &'static str = "logout";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.0";
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        if params.profile_id == ctx.profile().map(Uuid::from) {
            if let Some(id) = ctx.call().caller.session {
                session::delete(ctx.tx()?, id).await?;
            }
            ctx.set_cookie(SetCookie::Cleared);
        }
        Ok(Output {})
    }
}
