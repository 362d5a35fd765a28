//! Confirm a new account's address.

use super::{page, reachable, to_person};
use crate::error::Result;
use crate::profile::proof_of_registration;
use crate::token::{self, Issuer};
use chrono::{DateTime, Utc};
use document::value::Value;
use entities::ids::ProfileId;
use platform::app::App;
use platform::mail::{Message, Template};
use sea_orm::ConnectionTrait;
use serde_json::json;

/// None for somebody who confirmed it already.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    person: ProfileId,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let Some(person) = reachable(conn, person).await?.filter(|person| !person.is_active) else {
        return Ok(None);
    };
    let claims = vec![
        ("profile-id", Value::Uuid(person.id.0)),
        ("email", Value::Str(person.email.clone())),
        ("registration", Value::Str(proof_of_registration(&person))),
    ];
    let token = token::issue(&app.secrets, Issuer::VerifyEmail, claims, now);
    let link = page(app, &format!("/auth/verify-token?token={token}"));
    let params = json!({"name": person.fullname, "link": link});
    to_person(app, Template::Register, &person, params, now).map(Some)
}
