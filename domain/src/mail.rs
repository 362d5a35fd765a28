//! Mails, made at the moment of sending from what is true then.

use crate::error::{Error, Result};
use crate::profile;
use crate::token::{self, Issuer};
use chrono::{DateTime, Utc};
use document::value::Value;
use entities::ids::ProfileId;
use entities::profile::{Entity, Model};
use platform::app::App;
use platform::mail::{self, Message, Template};
use sea_orm::{ConnectionTrait, EntityTrait};

/// The mail for a person, with fresh tokens inside. None when there is nothing to say any more: the person is
/// gone, blocked or muted, or, for `Register`, confirmed the address already.
pub async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    template: Template,
    person: ProfileId,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let Some(person) = Entity::find_by_id(person).one(conn).await? else { return Ok(None) };
    if person.deleted_at.is_some() || person.is_blocked || person.is_muted {
        return Ok(None);
    }
    match template {
        Template::Register if person.is_active => Ok(None),
        Template::Register => register(app, &person, now).map(Some),
    }
}

fn register(app: &App, person: &Model, now: DateTime<Utc>) -> Result<Message> {
    let claims = vec![
        ("profile-id", Value::Uuid(person.id.0)),
        ("email", Value::Str(person.email.clone())),
        ("registration", Value::Str(profile::proof_of_registration(person))),
    ];
    let token = token::issue(&app.secrets, Issuer::VerifyEmail, claims, now);
    // The page's own routes stand behind the hash, so the token never reaches a server's log by itself.
    let base = app.config.http.public_uri.as_str().trim_end_matches('/');
    let link = format!("{base}/#/auth/verify-token?token={token}");
    let params =
        serde_json::json!({"name": person.fullname, "link": link, "token": token, "public_uri": base});
    let rendered = mail::render(Template::Register, &params).map_err(Error::platform)?;
    Ok(Message {
        to: person.email.clone(),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        headers: vec![("X-Penpot-Data".to_owned(), identity(app, person, now))],
    })
}

/// Marks a mail, so that a bounce finds its person.
fn identity(app: &App, person: &Model, now: DateTime<Utc>) -> String {
    let claims = vec![("profile-id", Value::Uuid(person.id.0))];
    token::issue(&app.secrets, Issuer::ProfileIdentity, claims, now)
}
