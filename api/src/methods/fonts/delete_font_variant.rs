//! Delete one weight and style of a font.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{
    font::change::{self, Which},
    permission,
};
use entities::ids::{FontVariantId, TeamId};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-font-variant`.
pub struct DeleteFontVariant;

/// Which one.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team.
    team_id: Uuid,
    /// The weight and style.
    id: Uuid,
}

impl Method for DeleteFontVariant {
    const NAME: &'static str = "delete-font-variant";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, app) = (ctx.tx()?, ctx.app());
        let team = permission::team_editor(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let which = Which::Variant(FontVariantId(params.id));
        let gone = change::delete(tx, &team, which, app.config.limits.deletion_delay, ctx.now()).await?;
        for variant in gone {
            ctx.audit().prop("font-family", Value::text(&variant.font_family));
            ctx.audit().prop("font-id", Value::Uuid(variant.font_id));
        }
        Ok(Nothing)
    }
}
