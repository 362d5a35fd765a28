//! Confirm a new account's address.

use super::letter::{page, reachable, to_person};
use crate::error::Result;
use crate::invitation;
use crate::mail_suppression;
use crate::profile::proof_of_registration;
use crate::token::{self, Issuer};
use chrono::{DateTime, Utc};
use entities::ids::{InvitationId, ProfileId};
use platform::app::App;
use platform::mail::{Message, Template};
use sea_orm::ConnectionTrait;
use serde_json::json;
use transit::value::Value;

/// None for somebody who confirmed it already, and for an address that was reported.
pub(super) async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    person: ProfileId,
    invitation: Option<InvitationId>,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let Some(person) = reachable(conn, person).await?.filter(|person| !person.is_active) else {
        return Ok(None);
    };
    // Reported since it was looked at.
    if !mail_suppression::is_reachable(conn, &app.config.mail, &person, now).await? {
        return Ok(None);
    }
    let invited = match invitation {
        Some(id) => invitation::standing_by_id(conn, id, now).await?,
        None => None,
    };
    let invitation_token = match invited {
        // For this very address: the mail is its proof.
        Some((row, _)) if row.email_to == person.email => {
            Value::Str(invitation::issue(conn, &app.secrets, &row, now).await?)
        }
        _ => Value::Nil,
    };
    let claims = vec![
        ("profile-id", Value::Uuid(person.id.0)),
        ("email", Value::Str(person.email.clone())),
        ("registration", Value::Str(proof_of_registration(&person))),
        ("invitation-token", invitation_token),
    ];
    let token = token::issue(&app.secrets, Issuer::VerifyEmail, claims, now);
    let link = page(app, &format!("/auth/verify-token?token={token}"));
    let params = json!({"name": person.fullname, "link": link});
    to_person(app, Template::Register, &person, params, now).map(Some)
}
