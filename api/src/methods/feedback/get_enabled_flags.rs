//! List what this installation records, of `audit-log` and `telemetry`.

use crate::{
    rpc::{ctx::Ctx, error::Result, method::Method, tx_mode::TxMode},
    wire::{Keyword, Set},
};
use poem_openapi::Object;

/// The method `get-enabled-flags`.
pub struct GetEnabledFlags;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

impl Method for GetEnabledFlags {
    const NAME: &'static str = "get-enabled-flags";
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.20";
    type Params = Params;
    type Output = Set<Keyword>;

    async fn call(ctx: &Ctx, _: Params) -> Result<Set<Keyword>> {
        let flags = &ctx.app().config.flags;
        Ok(["audit-log", "telemetry"].into_iter().filter(|flag| flags.has(flag)).map(Keyword::from).collect())
    }
}
