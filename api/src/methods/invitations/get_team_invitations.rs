//! List the invitations of a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::role::Role,
};
use domain::{invitation, permission};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-team-invitations`.
pub struct GetTeamInvitations;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Uuid,
}

/// An invitation.
#[derive(Debug, Object)]
pub struct Output {
    /// Whom.
    email: String,
    /// As what.
    role: Role,
    /// Whether it is worth nothing any more.
    expired: bool,
}

impl Method for GetTeamInvitations {
    const NAME: &'static str = "get-team-invitations";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Output>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.team_id)).await?;
        let listed = invitation::list(tx, &team, ctx.now()).await?.into_iter();
        let shown =
            listed.map(|one| Output { email: one.email, role: one.role.into(), expired: one.expired });
        Ok(shown.collect())
    }
}
