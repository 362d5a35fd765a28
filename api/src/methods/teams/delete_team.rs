//! Delete a team, with everything in it.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{deletion, permission};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `delete-team`.
pub struct DeleteTeam;

/// Which team.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

impl Method for DeleteTeam {
    const NAME: &'static str = "delete-team";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "only-owner-can-delete-team"),
        (Fault::Validation, "non-deletable-team"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let team = permission::team_owner(tx, ctx.caller()?, TeamId(params.id)).await?;
        let delay = ctx.app().config.limits.deletion_delay;
        let deleted = deletion::delete_team(tx, &team, delay, ctx.now()).await?;
        ctx.follow_up(deleted.follow_ups).await?;
        Ok(Nothing)
    }
}
