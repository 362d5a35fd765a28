//! Telling one webhook of one thing, and what follows when it does not listen.

use super::body::Told;
use super::secret;
use crate::error::Result;
use crate::follow_up::FollowUps;
use crate::mail::Mail;
use chrono::{DateTime, Utc};
use entities::ids::{ProfileId, WebhookEventId, WebhookId};
use entities::webhook::MediaType;
use platform::app::App;
use platform::db::{Tx, sql};
use platform::fetch::{CallError, Outgoing, Reply};
use platform::secrets::signature;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value as Json;
use std::time::Duration;

/// An answer that comes later counts as none.
pub const TIME_MAX: Duration = Duration::from_secs(4);
/// After so many deliveries in a row that were given up a webhook is switched off.
pub const GIVEN_UP_MAX: i16 = 3;

/// One thing that one webhook shall hear.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Delivery {
    webhook_id: WebhookId,
    event_id: WebhookEventId,
    uri: String,
    mtype: MediaType,
    is_active: bool,
    is_team_gone: bool,
    /// When somebody last changed the webhook: what is heard of it as it was before counts no more.
    updated_at: DateTime<Utc>,
    name: String,
    profile_id: ProfileId,
    props: Json,
    created_at: DateTime<Utc>,
}

/// It is not to be told any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The webhook was deleted, or what happened is too long ago.
    Gone,
    /// The webhook was switched off.
    SwitchedOff,
    /// The team was deleted.
    TeamGone,
}

/// What there is to tell; why nothing, when there is not.
///
/// # Errors
/// Those of the database.
pub async fn find(
    conn: &impl ConnectionTrait,
    webhook: WebhookId,
    event: WebhookEventId,
) -> Result<Result<Delivery, Over>> {
    let found = Delivery::find_by_statement(sql(FIND, [webhook.0.into(), event.0.into()])).one(conn).await?;
    Ok(match found {
        None => Err(Over::Gone),
        Some(delivery) if delivery.is_team_gone => Err(Over::TeamGone),
        Some(delivery) if !delivery.is_active => Err(Over::SwitchedOff),
        Some(delivery) => Ok(delivery),
    })
}

impl Delivery {
    /// Tells it, once.
    ///
    /// # Errors
    /// Why nobody is known to have heard it.
    pub async fn send(&self, app: &App, now: DateTime<Utc>) -> Result<Reply, CallError> {
        let told = Told {
            name: self.name.clone(),
            profile: self.profile_id,
            props: self.props.clone(),
            at: self.created_at,
        };
        let body = told.encoded(self.mtype);
        let (at, key) = (now.timestamp().to_string(), secret(&app.secrets, self.webhook_id));
        let signed = signature(key.as_bytes(), &[at.as_bytes(), b".", &body]);
        let headers = vec![
            ("content-type", self.mtype.as_str().to_owned()),
            ("user-agent", user_agent()),
            ("x-atelier-event", self.event_id.to_string()),
            ("x-atelier-signature", format!("t={at},v1={signed}")),
        ];
        app.fetcher.call(Outgoing { url: &self.uri, body: Some(body), headers, time_max: TIME_MAX }).await
    }

    /// It was heard: what went wrong before is forgotten.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn arrived(&self, conn: &impl ConnectionTrait) -> Result<()> {
        conn.execute_raw(sql(ARRIVED, [self.webhook_id.0.into(), self.updated_at.into()])).await?;
        Ok(())
    }

    /// It was not heard and is tried again: whoever looks sees why.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn failed(&self, conn: &impl ConnectionTrait, code: &str) -> Result<()> {
        let values = [self.webhook_id.0.into(), code.into(), self.updated_at.into()];
        conn.execute_raw(sql(FAILED, values)).await?;
        Ok(())
    }

    /// It was not heard and is given up. The webhook is switched off when that was once too often, and whoever looks
    /// after it hears so.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn given_up(&self, tx: &Tx, code: &str) -> Result<FollowUps> {
        let values = [self.webhook_id.0.into(), code.into(), GIVEN_UP_MAX.into(), self.updated_at.into()];
        let row = tx.query_one_raw(sql(GIVEN_UP, values)).await?;
        let is_active = row.map_or(Ok(true), |row| row.try_get("", "is_active"))?;
        let mail = Mail::WebhookOff { webhook_id: self.webhook_id };
        Ok(if is_active { FollowUps::default() } else { FollowUps::default().mail(mail) })
    }
}

/// Whether an answer says that something was heard.
pub fn is_good(status: u16) -> bool {
    matches!(status, 200 | 204)
}

/// What the front end shows of another answer.
pub fn code_of_status(status: u16) -> String {
    format!("unexpected-status:{status}")
}

/// What the front end shows when there is none.
pub fn code_of(error: CallError) -> String {
    match error {
        CallError::InvalidAddress => "invalid-uri",
        CallError::NotPublic => "blocked-request:not-public",
        CallError::Timeout => "timeout",
        CallError::Tls => "ssl-validation-error",
        CallError::Connection => "connection-error",
    }
    .to_owned()
}

/// Whether trying again can help.
pub fn may_heal(error: CallError) -> bool {
    // Names lead elsewhere for a while, and settings are put right.
    !matches!(error, CallError::InvalidAddress)
}

/// What calls to webhooks say they come from.
pub fn user_agent() -> String {
    concat!("penpot/", env!("CARGO_PKG_VERSION")).to_owned()
}

const FIND: &str = "
    SELECT w.id AS webhook_id, e.id AS event_id, w.uri, w.mtype, w.is_active, w.updated_at,
           t.deleted_at IS NOT NULL AS is_team_gone, e.name, e.profile_id, e.props, e.created_at
      FROM webhook w
      JOIN webhook_event e ON e.id = $2 AND e.team_id = w.team_id
      JOIN team t ON t.id = w.team_id
     WHERE w.id = $1";

const ARRIVED: &str = "
    UPDATE webhook SET error_code = NULL, error_count = 0
     WHERE id = $1 AND is_active AND updated_at = $2 AND (error_code IS NOT NULL OR error_count > 0)";

const FAILED: &str = "
    UPDATE webhook SET error_code = $2
     WHERE id = $1 AND is_active AND updated_at = $3 AND error_code IS DISTINCT FROM $2";

const GIVEN_UP: &str = "
    UPDATE webhook SET error_code = $2, error_count = error_count + 1, is_active = error_count + 1 < $3
     WHERE id = $1 AND is_active AND updated_at = $4
    RETURNING is_active";
