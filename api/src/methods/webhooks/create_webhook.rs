//! Let a server hear of what happens in a team.

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
    permission,
    webhook::{self, Wanted},
};
use entities::ids::TeamId;
use platform::{config::Rate, db};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-webhook`.
pub struct CreateWebhook;

/// Which team, and which server.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team's key.
    team_id: Uuid,
    /// Where the server listens: http or https. It is asked at once (HEAD) and has to answer 200 or 204 within 3 s.
    uri: Uri,
    /// What it reads.
    #[oai(validator(pattern = r"^application/(json|transit\+json)$"))]
    mtype: String,
    /// Whether it hears anything. Yes when left out.
    is_active: Option<bool>,
}

impl Method for CreateWebhook {
    const NAME: &'static str = "create-webhook";
    /// The server is asked first, which takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.17";
    /// It makes this machine call others.
    const RATES: &'static [Rate] = &[Rate::per_minute(20), Rate::per_hour(200)];
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "webhook-validation"),
        (Fault::Restriction, "webhooks-quote-reached"),
    ];
    type Params = Params;
    type Output = Webhook;

    async fn call(ctx: &Ctx, params: Params) -> Result<Webhook> {
        let (app, caller, id) = (ctx.app(), ctx.caller()?, TeamId(params.team_id));
        permission::team_editor(&app.db, caller, id).await?;
        webhook::has_room(&app.db, id).await?;
        webhook::probe(&app.fetcher, &params.uri.0).await?;
        let tx = db::begin(&app.db).await?;
        let team = permission::team_editor_locked(&tx, caller, id).await?;
        ctx.audit().prop("uri", Value::text(&webhook::host_of(&params.uri.0)));
        let wanted = Wanted {
            uri: params.uri.0,
            mtype: media_type(&params.mtype),
            is_active: params.is_active.unwrap_or(true),
        };
        let made = webhook::create(&tx, &team, wanted, ctx.now()).await?;
        ctx.audit().prop("id", Value::Uuid(made.id.0));
        ctx.leave_event(&tx).await?;
        tx.commit().await?;
        Ok(Webhook::seen(made, &app.secrets, true))
    }
}
