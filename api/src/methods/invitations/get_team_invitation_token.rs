//! Read the token of an invitation.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    wire::Email,
};
use domain::{invitation, permission};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-invitation-token`.
pub struct GetTeamInvitationToken;

/// Which invitation.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team, whose members the caller must manage.
    team_id: Uuid,
    /// The invited address.
    email: Email,
}

/// Its token.
#[derive(Debug, Object)]
pub struct Output {
    /// For the link that the mail has.
    token: String,
}

impl Method for GetTeamInvitationToken {
    const NAME: &'static str = "get-team-invitation-token";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "insufficient-permissions")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let tx = ctx.tx()?;
        let team = permission::team_manager(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let secrets = &ctx.app().secrets;
        let token = invitation::token_for(tx, secrets, &team, params.email.as_ref(), ctx.now()).await?;
        Ok(Output { token })
    }
}
