//! Take a member out of a team.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{permission, team::member};
use entities::ids::{ProfileId, TeamId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `delete-team-member`.
pub struct DeleteTeamMember;

/// Who goes.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team, whose members the caller must manage.
    team_id: Uuid,
    /// The member.
    member_id: Uuid,
}

impl Method for DeleteTeamMember {
    const NAME: &'static str = "delete-team-member";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::NotFound, "member-does-not-exist"),
        (Fault::Validation, "insufficient-permissions"),
        (Fault::Validation, "cant-remove-yourself"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let team = permission::team_manager(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let follow_ups = member::expel(tx, &team, ProfileId(params.member_id)).await?;
        ctx.follow_up(follow_ups).await?;
        Ok(Nothing)
    }
}
