//! What has to follow a change: jobs that become necessary with it, and messages that are true once it is committed.
//!
//! Rules return it, and enqueue and publish nothing themselves. Three places carry it out: `Ctx::follow_up` for
//! methods (`Call::commit` for what they stream), `JobCtx::commit` for jobs, `jobs::commit` for operators.

use crate::deletion::kind::Kind;
use crate::event::Event;
use crate::mail::request::Mail;
use chrono::{DateTime, Utc};
use entities::ids::{FileId, ProfileId, ProjectId, TeamId, WebhookEventId, WebhookId};
use uuid::Uuid;

/// What follows a change.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "what follows a change is a part of it"]
pub struct FollowUps {
    /// Enqueued in the transaction of the change.
    pub jobs: Vec<JobRequest>,
    /// Published after its commit.
    pub events: Vec<Event>,
}

/// A job that a rule makes necessary. What it becomes in the queue is the matter of `jobs`.
#[derive(Clone, Debug, PartialEq)]
pub enum JobRequest {
    /// Carry the mark of a deleted object down to its parts.
    DeleteObject {
        /// What it is.
        kind: Kind,
        /// Its id.
        id: Uuid,
    },
    /// Send one mail to one person.
    SendMail {
        /// Which, and what about.
        mail: Mail,
        /// Not before this moment; at once without one.
        not_before: Option<DateTime<Utc>>,
    },
    /// Tell somebody what others said about designs.
    TellOfComments {
        /// Whom.
        person: ProfileId,
        /// Not before this moment: what is said until then comes along.
        not_before: DateTime<Utc>,
    },
    /// Find out whether the person with an address gets a link to a new password.
    RequestRecovery {
        /// Lower-case.
        email: String,
    },
    /// Make a file's own what it uses of a library that goes.
    AbsorbLibrary {
        /// The file.
        file: FileId,
        /// The library.
        library: FileId,
    },
    /// Ask every file that uses a library which goes to make its own what it uses.
    ReleaseLibraries,
    /// Work through files in the bin of a team.
    BinBatch {
        /// The batch.
        id: Uuid,
    },
    /// Give a team the fonts that files brought along name.
    CarryFonts {
        /// The project that they are in now.
        project: ProjectId,
        /// The team that they come from.
        from: TeamId,
    },
    /// Look through a file for pictures that nothing in it uses.
    FileGc {
        /// The file.
        file: FileId,
        /// The revision at which it was left alone.
        revn: i64,
    },
    /// Tell the webhooks of a team of something that waited for more of its kind.
    TellWebhooks {
        /// What.
        event: WebhookEventId,
        /// The team.
        team: TeamId,
        /// Not before this moment.
        not_before: DateTime<Utc>,
    },
    /// Tell one webhook of something.
    Deliver {
        /// What.
        event: WebhookEventId,
        /// The webhook.
        webhook: WebhookId,
        /// Its team.
        team: TeamId,
    },
}

impl JobRequest {
    /// A mail that is sent at once.
    pub fn mail(mail: Mail) -> JobRequest {
        JobRequest::SendMail { mail, not_before: None }
    }
}

impl FollowUps {
    /// One more job.
    pub fn job(mut self, job: JobRequest) -> FollowUps {
        self.jobs.push(job);
        self
    }

    /// One more mail, to be sent at once.
    pub fn mail(self, mail: Mail) -> FollowUps {
        self.job(JobRequest::mail(mail))
    }

    /// One more message.
    pub fn event(mut self, event: Event) -> FollowUps {
        self.events.push(event);
        self
    }
}
