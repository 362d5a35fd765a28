//! List the webhooks of a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::webhook::Webhook,
};
use domain::{permission, webhook};
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-webhooks`.
pub struct GetWebhooks;

/// Which team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    team_id: Uuid,
}

impl Method for GetWebhooks {
    const NAME: &'static str = "get-webhooks";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Vec<Webhook>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Vec<Webhook>> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let team = permission::team_viewer(tx, caller, TeamId(params.team_id)).await?;
        let can_edit = team.permissions().can_edit;
        let seen = |row| {
            let may_edit = permission::webhook::may_edit(&row, caller, can_edit);
            Webhook::seen(row, &ctx.app().secrets, may_edit)
        };
        Ok(webhook::list(tx, &team).await?.into_iter().map(seen).collect())
    }
}
