//! Change a webhook: what went wrong before is forgotten.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::webhook::{Webhook, media_type},
    wire::Uri,
};
use domain::{
    permission::webhook::webhook_editor,
    webhook::{self, Wanted},
};
use entities::ids::WebhookId;
use platform::{config::Rate, db};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `update-webhook`.
pub struct UpdateWebhook;

/// Which webhook, and how it shall be.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    id: Uuid,
    /// Where the server listens: http or https. Another address than before is asked at once (HEAD) and has to answer
    /// 200 or 204 within 3 s.
    uri: Uri,
    /// What it reads.
    #[oai(validator(pattern = r"^application/(json|transit\+json)$"))]
    mtype: String,
    /// Whether it hears anything. As it was when left out.
    is_active: Option<bool>,
}

impl Method for UpdateWebhook {
    const NAME: &'static str = "update-webhook";
    /// The server may be asked first, which takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.17";
    /// It makes this machine call others.
    const RATES: &'static [Rate] = &[Rate::per_minute(20), Rate::per_hour(200)];
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::NotFound, "object-not-found"), (Fault::Validation, "webhook-validation")];
    type Params = Params;
    type Output = Webhook;

    async fn call(ctx: &Ctx, params: Params) -> Result<Webhook> {
        let (app, caller, id) = (ctx.app(), ctx.caller()?, WebhookId(params.id));
        if webhook_editor(&app.db, caller, id).await?.uri != params.uri.0 {
            webhook::probe(&app.fetcher, &params.uri.0).await?;
        }
        let tx = db::begin(&app.db).await?;
        let held = webhook_editor(&tx, caller, id).await?;
        ctx.audit().prop("uri", Value::text(&webhook::host_of(&params.uri.0)));
        ctx.audit().prop("team-id", Value::Uuid(held.team_id.0));
        let wanted = Wanted {
            uri: params.uri.0,
            mtype: media_type(&params.mtype),
            is_active: params.is_active.unwrap_or(held.is_active),
        };
        let changed = webhook::update(&tx, &held, wanted, ctx.now()).await?;
        ctx.leave_event(&tx).await?;
        tx.commit().await?;
        Ok(Webhook::seen(changed, &app.secrets, true))
    }
}
