//! Mails, made at the moment of sending from what is true then. One file per mail.

mod register;

use crate::error::{Error, Result};
use crate::token::{self, Issuer};
use chrono::{DateTime, Utc};
use document::value::Value;
use entities::ids::ProfileId;
use entities::profile::{Entity, Model};
use platform::app::App;
use platform::mail::{self, Message, Template};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};

/// A mail that somebody shall get: what it is about, by ids. What it says is found out when it is sent, so that no token
/// and no text lies in the queue, and nothing is sent that has become untrue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "kebab-case")]
pub enum Mail {
    /// Confirm a new account's address.
    Register {
        /// Whose account.
        profile_id: ProfileId,
    },
}

impl Mail {
    /// Of several with the same key that wait, one is sent.
    pub fn key(&self) -> String {
        match self {
            Mail::Register { profile_id } => format!("{}:{profile_id}", Template::Register.name()),
        }
    }
}

/// The mail, with fresh tokens inside. None when there is nothing to say any more: the person is gone, blocked or muted,
/// or what it is about is over.
pub async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    mail: &Mail,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    match mail {
        Mail::Register { profile_id } => register::compose(app, conn, *profile_id, now).await,
    }
}

/// Somebody who can get mail.
async fn reachable(conn: &impl ConnectionTrait, person: ProfileId) -> Result<Option<Model>> {
    let found = Entity::find_by_id(person).one(conn).await?;
    Ok(found.filter(|person| person.deleted_at.is_none() && !person.is_blocked && !person.is_muted))
}

/// A page of the front end. Its own routes stand behind the hash, so a token never reaches a server's log by itself.
fn page(app: &App, route: &str) -> String {
    format!("{}/#{route}", base(app))
}

/// The public address, without a slash at its end.
fn base(app: &App) -> &str {
    app.config.http.public_uri.as_str().trim_end_matches('/')
}

/// A mail to a person, marked so that a bounce finds them.
fn to_person(
    app: &App,
    template: Template,
    person: &Model,
    mut params: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<Message> {
    params["public_uri"] = base(app).into();
    let rendered = mail::render(template, &params).map_err(Error::platform)?;
    Ok(Message {
        to: person.email.clone(),
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        headers: vec![("X-Penpot-Data".to_owned(), identity(app, person.id, now))],
    })
}

fn identity(app: &App, person: ProfileId, now: DateTime<Utc>) -> String {
    let claims = vec![("profile-id", Value::Uuid(person.0))];
    token::issue(&app.secrets, Issuer::ProfileIdentity, claims, now)
}
