//! Mails, made at the moment of sending from what is true then. One file per mail.

mod access_request;
mod change_email;
mod feedback;
mod invite_to_team;
mod join_team;
mod letter;
mod password_recovery;
mod quota_reached;
mod register;

use crate::error::Result;
use crate::reports;
use chrono::{DateTime, NaiveDate, Utc};
use entities::ids::{FeedbackId, FileId, InvitationId, ProfileId, TeamId};
use platform::app::App;
use platform::mail::{Message, Template};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A mail that somebody shall get: what it is about, by ids. What it says is found out when it is sent, so that no
/// token and no text lies in the queue, and nothing is sent that has become untrue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "template", rename_all = "kebab-case")]
pub enum Mail {
    /// Confirm a new account's address.
    Register {
        /// Whose account.
        profile_id: ProfileId,
        /// The invitation that led to it, to go on with.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        invitation_id: Option<InvitationId>,
    },
    /// Come into a team.
    InviteToTeam {
        /// The invitation.
        invitation_id: InvitationId,
    },
    /// You are in the team that you asked for.
    JoinTeam {
        /// Whom.
        profile_id: ProfileId,
        /// Which team.
        team_id: TeamId,
        /// Who let them in.
        invited_by: ProfileId,
    },
    /// To the owner of a team: somebody wants in.
    RequestTeamAccess {
        /// Who asks.
        requester_id: ProfileId,
        /// The team.
        team_id: TeamId,
    },
    /// To the owner of a team: somebody wants to see a file.
    RequestFileAccess {
        /// Who asks.
        requester_id: ProfileId,
        /// The team.
        team_id: TeamId,
        /// The file.
        file_id: FileId,
    },
    /// The same, for a file in somebody's own first team, which is for them alone.
    RequestFileAccessYourpenpot {
        /// Who asks.
        requester_id: ProfileId,
        /// The team.
        team_id: TeamId,
        /// The file.
        file_id: FileId,
    },
    /// The same, asked from the view of a prototype.
    RequestFileAccessYourpenpotView {
        /// Who asks.
        requester_id: ProfileId,
        /// The team.
        team_id: TeamId,
        /// The file.
        file_id: FileId,
    },
    /// A way back in for somebody who forgot the password.
    PasswordRecovery {
        /// Whose account.
        profile_id: ProfileId,
    },
    /// Move an account to another address; goes to the one it has.
    ChangeEmail {
        /// Whose account.
        profile_id: ProfileId,
        /// Where it shall move, lower-case.
        email: String,
    },
    /// What somebody thinks, for those who run this.
    Feedback {
        /// What was written.
        feedback_id: FeedbackId,
    },
    /// To somebody who runs this: more of something is there than a quota allows.
    QuotaReached {
        /// One of the administrators.
        to: String,
        /// Which quota.
        target: String,
        /// The person, team or project that is counted in.
        within: Uuid,
        /// When.
        day: NaiveDate,
    },
}

impl Mail {
    /// Of several with the same key that wait, one is sent.
    pub fn key(&self) -> String {
        let about = match self {
            Mail::Register { profile_id, invitation_id: None } => profile_id.to_string(),
            Mail::Register { profile_id, invitation_id: Some(id) } => format!("{profile_id}:{id}"),
            Mail::InviteToTeam { invitation_id } => invitation_id.to_string(),
            Mail::JoinTeam { profile_id, team_id, .. } => format!("{profile_id}:{team_id}"),
            Mail::RequestTeamAccess { requester_id, team_id } => format!("{requester_id}:{team_id}"),
            Mail::RequestFileAccess { requester_id, file_id, .. }
            | Mail::RequestFileAccessYourpenpot { requester_id, file_id, .. }
            | Mail::RequestFileAccessYourpenpotView { requester_id, file_id, .. } => {
                format!("{requester_id}:{file_id}")
            }
            Mail::PasswordRecovery { profile_id } => profile_id.to_string(),
            // Each address that was asked for has a mail of its own; the first link that is followed ends the others.
            Mail::ChangeEmail { profile_id, email } => format!("{profile_id}:{email}"),
            Mail::Feedback { feedback_id } => feedback_id.to_string(),
            Mail::QuotaReached { to, target, within, day } => format!("{day}:{target}:{within}:{to}"),
        };
        format!("{}:{about}", self.template().name())
    }

    fn template(&self) -> Template {
        match self {
            Mail::Register { .. } => Template::Register,
            Mail::InviteToTeam { .. } => Template::InviteToTeam,
            Mail::JoinTeam { .. } => Template::JoinTeam,
            Mail::RequestTeamAccess { .. } => Template::RequestTeamAccess,
            Mail::RequestFileAccess { .. } => Template::RequestFileAccess,
            Mail::RequestFileAccessYourpenpot { .. } => Template::RequestFileAccessYourpenpot,
            Mail::RequestFileAccessYourpenpotView { .. } => Template::RequestFileAccessYourpenpotView,
            Mail::PasswordRecovery { .. } => Template::PasswordRecovery,
            Mail::ChangeEmail { .. } => Template::ChangeEmail,
            Mail::Feedback { .. } => Template::Feedback,
            Mail::QuotaReached { .. } => Template::QuotaReached,
        }
    }
}

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
