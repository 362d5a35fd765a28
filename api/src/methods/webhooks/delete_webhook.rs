//! Remove a webhook.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::{permission::webhook::webhook_editor, webhook};
use entities::ids::WebhookId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `delete-webhook`.
pub struct DeleteWebhook;

/// Which webhook.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its key.
    id: Uuid,
}

impl Method for DeleteWebhook {
    const NAME: &'static str = "delete-webhook";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let tx = ctx.tx()?;
        let held = webhook_editor(tx, ctx.caller()?, WebhookId(params.id)).await?;
        ctx.audit().prop("team-id", Value::Uuid(held.team_id.0));
        webhook::delete(tx, &held).await?;
        Ok(Nothing)
    }
}
