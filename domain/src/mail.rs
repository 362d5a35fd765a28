//! Mails, made at the moment of sending from what is true then. One file per mail.

mod access_request;
mod change_email;
mod feedback;
mod invite_to_team;
mod join_team;
pub(crate) mod letter;
mod password_recovery;
mod quota_reached;
mod register;

use crate::error::{Error, Result};
use crate::reports;
use crate::token::{self, Issuer};
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::profile::{Entity, Model};
use platform::app::App;
use platform::mail::{self, Message, Template};
use sea_orm::{ConnectionTrait, EntityTrait};
use transit::value::Value;

pub use letter::Mail;

/// The mail, with fresh tokens inside. None when there is nothing to say any more: the person is gone, blocked or muted,
/// or what it is about is over.
pub async fn compose(
    app: &App,
    conn: &impl ConnectionTrait,
    mail: &Mail,
    now: DateTime<Utc>,
) -> Result<Option<Message>> {
    let message = match mail {
        Mail::Register { profile_id, invitation_id } => {
            register::compose(app, conn, *profile_id, *invitation_id, now).await?
        }
        Mail::InviteToTeam { invitation_id } => {
            invite_to_team::compose(app, conn, *invitation_id, now).await?
        }
        Mail::JoinTeam { profile_id, team_id, invited_by } => {
            join_team::compose(app, conn, *profile_id, *team_id, *invited_by, now).await?
        }
        Mail::RequestTeamAccess { requester_id, team_id } => {
            access_request::compose(app, conn, mail.template(), (*requester_id, *team_id, None), now).await?
        }
        Mail::RequestFileAccess { requester_id, team_id, file_id }
        | Mail::RequestFileAccessYourpenpot { requester_id, team_id, file_id }
        | Mail::RequestFileAccessYourpenpotView { requester_id, team_id, file_id } => {
            let about = (*requester_id, *team_id, Some(*file_id));
            access_request::compose(app, conn, mail.template(), about, now).await?
        }
        Mail::PasswordRecovery { profile_id } => {
            password_recovery::compose(app, conn, *profile_id, now).await?
        }
        Mail::ChangeEmail { profile_id, email } => {
            change_email::compose(app, conn, *profile_id, email, now).await?
        }
        // To those who run this, who want to hear it.
        Mail::Feedback { feedback_id } => return feedback::compose(app, conn, *feedback_id).await,
        Mail::QuotaReached { to, target, within, day } => {
            return quota_reached::compose(app, conn, to, (target, *within, *day)).await;
        }
    };
    match message {
        Some(message) if may_go(app, conn, &message.to, now).await? => Ok(Some(message)),
        _ => Ok(None),
    }
}

/// Whether mail to this address may go out: an account may have had too many bounces or complaints lately.
async fn may_go(app: &App, conn: &impl ConnectionTrait, to: &str, now: DateTime<Utc>) -> Result<bool> {
    match crate::profile::find(conn, to).await? {
        Some(person) => reports::may_get_mail(conn, &app.config.mail, &person, now).await,
        None => Ok(true),
    }
}

/// Somebody who can get mail.
async fn reachable(conn: &impl ConnectionTrait, person: ProfileId) -> Result<Option<Model>> {
    let found = Entity::find_by_id(person).one(conn).await?;
    Ok(found.filter(deliverable))
}

/// Whether somebody can get mail.
fn deliverable(person: &Model) -> bool {
    person.deleted_at.is_none() && !person.is_blocked && !person.is_muted
}

/// What somebody is called; somebody who is gone has a name too.
async fn name_of(conn: &impl ConnectionTrait, person: Option<ProfileId>) -> Result<String> {
    let Some(id) = person else { return Ok(SOMEBODY.to_owned()) };
    Ok(Entity::find_by_id(id).one(conn).await?.map_or_else(|| SOMEBODY.to_owned(), |person| person.fullname))
}

const SOMEBODY: &str = "Somebody";

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
    params: serde_json::Value,
    now: DateTime<Utc>,
) -> Result<Message> {
    to_address(app, template, person.email.clone(), Some(person.id), params, now)
}

/// A mail to an address, marked so that a bounce finds `about`.
fn to_address(
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
