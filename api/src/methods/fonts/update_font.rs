//! Give a font of a team another name.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Text,
};
use domain::{font::change, permission};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `update-font`.
pub struct UpdateFont;

/// The font, and its new name.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team.
    team_id: Uuid,
    /// The `font-id` of its weights and styles.
    id: Uuid,
    /// Name: letters, digits, spaces and the signs `.`, `_` and `-`.
    #[oai(validator(max_length = 250))]
    name: Text,
}

impl Method for UpdateFont {
    const NAME: &'static str = "update-font";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let team = permission::team_editor(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        change::rename(tx, &team, params.id, params.name.into(), ctx.now()).await?;
        Ok(Nothing)
    }
}
