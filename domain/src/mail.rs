//! Mails, made at the moment of sending from what is true then. One file per mail.

mod access_request;
mod change_email;
pub mod comments;
mod feedback;
mod invite_to_team;
mod join_team;
mod letter;
mod password_recovery;
mod quota_reached;
mod register;
pub(crate) mod request;
mod webhook_off;

use crate::error::Result;
use crate::mail_suppression;
use chrono::{DateTime, Utc};
use platform::app::App;
use platform::mail::Message;
use sea_orm::ConnectionTrait;

pub use request::Mail;

/// The mail, with fresh tokens inside. None when there is nothing to say any more: the person is gone, blocked or
/// muted, or what it is about is over.
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
        Mail::WebhookOff { webhook_id } => webhook_off::compose(app, conn, *webhook_id, now).await?,
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
        Some(person) => mail_suppression::may_get_mail(conn, &app.config.mail, &person, now).await,
        None => Ok(true),
    }
}
