//! Which mail somebody shall get, and what about: ids, from which it is made when it is sent.

use chrono::NaiveDate;
use entities::ids::{FeedbackId, FileId, InvitationId, ProfileId, TeamId, WebhookId};
use platform::mail::Template;
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
    /// To whoever looks after a webhook: it was switched off.
    WebhookOff {
        /// Which.
        webhook_id: WebhookId,
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
            Mail::WebhookOff { webhook_id } => webhook_id.to_string(),
        };
        format!("{}:{about}", self.template().name())
    }

    pub(super) fn template(&self) -> Template {
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
            Mail::WebhookOff { .. } => Template::WebhookOff,
        }
    }
}
