//! End one of the caller's access tokens.

use crate::rpc::{ctx::Ctx, error::Result, method::Method, reply::Nothing, tx_mode::TxMode};
use domain::access_token;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `delete-access-token`.
pub struct DeleteAccessToken;

/// Which token.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key. A token that is not the caller's stays as it is.
    id: Uuid,
}

impl Method for DeleteAccessToken {
    const NAME: &'static str = "delete-access-token";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        access_token::delete(ctx.tx()?, ctx.caller()?, params.id.into()).await?;
        Ok(Nothing)
    }
}
