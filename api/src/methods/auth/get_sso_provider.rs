//! Find the login provider of an address; there are none here.

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
use poem_openapi::Object;

/// The method `get-sso-provider`.
pub struct GetSsoProvider;

/// Whose.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Address; its domain would decide.
    #[oai(rename = "email")]
    _email: Email,
}

impl Method for GetSsoProvider {
    const NAME: &'static str = "get-sso-provider";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.12";
    type Params = Params;
    type Output = Nothing;

    async fn call(_: &Ctx, _: Params) -> Result<Nothing> {
        Ok(Nothing)
    }
}
