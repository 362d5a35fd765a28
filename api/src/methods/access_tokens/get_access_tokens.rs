//! List the caller's access tokens.

use crate::{
    rpc::{ctx::Ctx, error::Result, method::Method, tx_mode::TxMode},
    views::access_token::AccessToken,
};
use domain::access_token;
use poem_openapi::Object;

/// The method `get-access-tokens`.
pub struct GetAccessTokens;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

impl Method for GetAccessTokens {
    const NAME: &'static str = "get-access-tokens";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.18";
    type Params = Params;
    type Output = Vec<AccessToken>;

    async fn call(ctx: &Ctx, _: Params) -> Result<Vec<AccessToken>> {
        let tokens = access_token::list(ctx.tx()?, &ctx.app().secrets, ctx.caller()?).await?;
        Ok(tokens.into_iter().map(AccessToken::from).collect())
    }
}
