//! Take an invitation back.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Email,
};
use domain::{invitation, permission};
use entities::ids::TeamId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-team-invitation`.
pub struct DeleteTeamInvitation;

/// Which invitation.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team, whose members the caller must manage.
    team_id: Uuid,
    /// The invited address.
    email: Email,
}

impl Method for DeleteTeamInvitation {
    const NAME: &'static str = "delete-team-invitation";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "insufficient-permissions")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let tx = ctx.tx()?;
        let team = permission::team_manager(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        if let Some(id) = invitation::delete(tx, &team, params.email.as_ref()).await? {
            ctx.audit().prop("invitation-id", Value::Uuid(id.0));
        }
        Ok(Nothing)
    }
}
