//! Leave a team; its owner hands it over.

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

/// The method `leave-team`.
pub struct LeaveTeam;

/// Which team, and who owns it from then on.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team's key.
    id: Uuid,
    /// The member who becomes the owner, when the owner leaves.
    reassign_to: Option<Uuid>,
}

impl Method for LeaveTeam {
    const NAME: &'static str = "leave-team";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::NotFound, "member-does-not-exist"),
        (Fault::Validation, "no-enough-members-for-leave"),
        (Fault::Validation, "owner-cant-leave-team"),
        (Fault::Validation, "insufficient-permissions"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let team = permission::team_viewer(tx, ctx.caller()?, TeamId(params.id)).await?;
        let follow_ups = member::leave(tx, &team, params.reassign_to.map(ProfileId), ctx.now()).await?;
        ctx.follow_up(follow_ups).await?;
        Ok(Nothing)
    }
}
