//! Merge settings into the caller's.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Opaque,
};
use domain::profile::settings;
use poem_openapi::Object;

/// The method `update-profile-props`.
pub struct UpdateProfileProps;

/// Settings.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// A map; null takes a setting away, names with a namespace are ignored. All settings together have at most 64 KiB.
    props: Opaque,
}

impl Method for UpdateProfileProps {
    const NAME: &'static str = "update-profile-props";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.0";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Opaque;

    async fn call(ctx: &Ctx, params: Params) -> Result<Opaque> {
        Ok(settings::merge(ctx.tx()?, ctx.caller()?, &params.props.0, ctx.now()).await?.into())
    }
}
