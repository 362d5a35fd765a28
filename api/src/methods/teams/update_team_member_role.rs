//! Change what a member is in a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    views::role::Role,
};
use domain::{permission, team::member};
use entities::ids::{ProfileId, TeamId};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `update-team-member-role`.
pub struct UpdateTeamMemberRole;

/// Who becomes what.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team, whose members the caller must manage.
    team_id: Uuid,
    /// The member.
    member_id: Uuid,
    /// The new role. The owner until now becomes an admin when somebody else becomes the owner.
    role: Role,
}

impl Method for UpdateTeamMemberRole {
    const NAME: &'static str = "update-team-member-role";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::NotFound, "member-does-not-exist"),
        (Fault::Validation, "insufficient-permissions"),
        (Fault::Validation, "cant-change-role-to-owner"),
        (Fault::Validation, "cant-promote-to-owner"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let team = permission::team_manager(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let (member, role) = (ProfileId(params.member_id), params.role.into());
        let follow_ups = member::set_role(tx, &team, member, role, ctx.now()).await?;
        ctx.follow_up(follow_ups).await?;
        Ok(Nothing)
    }
}
