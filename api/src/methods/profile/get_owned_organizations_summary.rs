//! List the organizations that the caller owns; there are none here.

use crate::{
    rpc::{ctx::Ctx, error::Result, method::Method, tx_mode::TxMode},
    wire::Opaque,
};
use poem_openapi::Object;

/// The method `get-owned-organizations-summary`.
pub struct GetOwnedOrganizationsSummary;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

impl Method for GetOwnedOrganizationsSummary {
    const NAME: &'static str = "get-owned-organizations-summary";
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.18";
    type Params = Params;
    type Output = Vec<Opaque>;

    async fn call(_: &Ctx, _: Params) -> Result<Vec<Opaque>> {
        Ok(Vec::new())
    }
}
