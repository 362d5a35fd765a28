//! Get the key of the caller's `mcp` token.

use crate::{
    rpc::{ctx::Ctx, error::Result, method::Method, reply::Maybe, tx_mode::TxMode},
    wire::Instant,
};
use domain::access_token;
use poem_openapi::Object;

/// The method `get-current-mcp-token`.
pub struct GetCurrentMcpToken;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

/// The key. Nothing when there is none that is good.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// What a program sends as `Authorization: Token …`.
    token: String,
    /// When it ends; null when it does not.
    expires_at: Option<Instant>,
}

impl Method for GetCurrentMcpToken {
    const NAME: &'static str = "get-current-mcp-token";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.15";
    type Params = Params;
    type Output = Maybe<Output>;

    async fn call(ctx: &Ctx, _: Params) -> Result<Self::Output> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let shown = access_token::current_single(tx, &ctx.app().secrets, caller, ctx.now()).await?;
        Ok(Maybe(shown.and_then(|shown| {
            let expires_at = shown.row.expires_at.map(Instant::from);
            Some(Output { token: shown.token?, expires_at })
        })))
    }
}
