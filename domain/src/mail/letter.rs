//! What mails have in common: who can get one, links, and the mark that a bounce brings back.

use crate::error::{Error, Result};
use crate::token::{self, Issuer};
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::profile::{Entity, Model};
use platform::app::App;
use platform::mail::{self, Message, Template};
use sea_orm::{ConnectionTrait, EntityTrait};
use transit::value::Value;

/// Somebody who can get mail.
pub(super) async fn reachable(conn: &impl ConnectionTrait, person: ProfileId) -> Result<Option<Model>> {
    let found = Entity::find_by_id(person).one(conn).await?;
    Ok(found.filter(deliverable))
}

/// Whether somebody can get mail.
pub(super) fn deliverable(person: &Model) -> bool {
    person.deleted_at.is_none() && !person.is_blocked && !person.is_muted
}

/// What somebody is called; somebody who is gone has a name too.
pub(super) async fn name_of(conn: &impl ConnectionTrait, person: Option<ProfileId>) -> Result<String> {
    let Some(id) = person else { return Ok(SOMEBODY.to_owned()) };
    Ok(Entity::find_by_id(id).one(conn).await?.map_or_else(|| SOMEBODY.to_owned(), |person| person.fullname))
}

const SOMEBODY: &str = "Somebody";

/// A page of the front end. Its own routes stand behind the hash, so a token never reaches a server's log by itself.
pub(super) fn page(app: &App, route: &str) -> String {
    format!("{}/#{route}", base(app))
}

/// The public address, without a slash at its end.
pub(super) fn base(app: &App) -> &str {
    app.config.http.public_uri.as_str().trim_end_matches('/')
}

/// A mail to a person, marked so that a bounce finds them.
pub(super) fn to_person(
    app: &App,
    template: Template,
    person: &Model,
    params: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<Message> {
    to_address(app, template, person.email.clone(), Some(person.id), params, now)
}

/// A mail to an address, marked so that a bounce finds `about`.
pub(super) fn to_address(
    app: &App,
    template: Template,
    to: String,
    about: Option<ProfileId>,
    mut params: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<Message> {
    params["public_uri"] = base(app).into();
    let rendered = mail::render(template, &params).map_err(Error::platform)?;
    let mark = about.map(|person| ("X-Penpot-Data".to_owned(), identity(app, person, now)));
    Ok(Message {
        to,
        reply_to: None,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        attachments: Vec::new(),
        headers: mark.into_iter().collect(),
    })
}

fn identity(app: &App, person: ProfileId, now: DateTime<Utc>) -> String {
    let claims = vec![("profile-id", Value::Uuid(person.0))];
    token::issue(&app.secrets, Issuer::ProfileIdentity, claims, now)
}
