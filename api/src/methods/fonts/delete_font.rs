//! Delete a font of a team, with all its weights and styles.

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
use entities::ids::TeamId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-font`.
pub struct DeleteFont;

/// Which one.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team.
    team_id: Uuid,
    /// The `font-id` of its weights and styles.
    id: Uuid,
}

impl Method for DeleteFont {
    const NAME: &'static str = "delete-font";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, app) = (ctx.tx()?, ctx.app());
        let team = permission::team_editor(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let which = Which::Font(params.id);
        let gone = change::delete(tx, &team, which, app.config.limits.deletion_delay, ctx.now()).await?;
        if let Some(variant) = gone.last() {
            ctx.audit().prop("name", Value::text(&variant.font_family));
        }
        Ok(Nothing)
    }
}
