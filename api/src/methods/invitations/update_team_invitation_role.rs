//! Change what an invited person will be.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    views::role::InvitedRole,
    wire::Email,
};
use domain::{invitation, permission};
use entities::ids::TeamId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `update-team-invitation-role`.
pub struct UpdateTeamInvitationRole;

/// Which invitation, and the role.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team, whose members the caller must manage.
    team_id: Uuid,
    /// The invited address.
    email: Email,
    /// The new role.
    role: InvitedRole,
}

impl Method for UpdateTeamInvitationRole {
    const NAME: &'static str = "update-team-invitation-role";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "insufficient-permissions")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let tx = ctx.tx()?;
        let team = permission::team_manager(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let (email, role) = (params.email.as_ref(), params.role.into());
        if let Some(changed) = invitation::set_role(tx, &team, email, role, ctx.now()).await? {
            ctx.audit().prop("invitation-id", Value::Uuid(changed.id.0));
            ctx.follow_up(changed.follow_ups).await?;
        }
        Ok(Nothing)
    }
}
