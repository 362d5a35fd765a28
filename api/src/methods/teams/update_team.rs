//! Give a team another name.

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
use domain::{permission, team};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `update-team`.
pub struct UpdateTeam;

/// The new name.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// The team's key.
    id: Uuid,
    /// Name shown to members; without `.`, `:` and `/`.
    #[oai(validator(max_length = 250, pattern = "^[^.:/]*$"))]
    name: Text,
}

impl Method for UpdateTeam {
    const NAME: &'static str = "update-team";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let team = permission::team_editor(tx, ctx.caller()?, TeamId(params.id)).await?;
        team::rename(tx, &team, params.name.into(), ctx.now()).await?;
        Ok(Nothing)
    }
}
