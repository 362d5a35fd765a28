//! Tell somebody what others said about designs, in one mail.

use std::time::Duration;

use atelier_queue::Twin;
use domain::{comment::notice, follow_up::FollowUps, mail::comments};
use entities::ids::ProfileId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// What there is to tell stands in rows, and counts as told once the mail is sent.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendCommentMail {
    /// Whom.
    pub profile_id: Uuid,
}

/// Another attempt to tell the same person is under way: it has ended by then.
const WAIT: Duration = Duration::from_secs(30);

impl Job for SendCommentMail {
    const NAME: &'static str = "send-comment-mail";
    /// About five hours: longer than most mail servers are away.
    const MAX_ATTEMPTS: i16 = 16;
    const TIMEOUT: Duration = Duration::from_secs(60);
    /// A person waits for it, a little less than for others.
    const PRIORITY: i16 = 150;
    /// What is said while it runs is told by another.
    const TWIN: Twin = Twin::KeepWaiting;

    fn example() -> SendCommentMail {
        SendCommentMail { profile_id: Uuid::from_u128(1) }
    }

    fn unique_key(&self) -> Option<String> {
        Some(self.profile_id.to_string())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let person = ProfileId(self.profile_id);
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        if !notice::hold(&tx, person).await.map_err(JobError::retry)? {
            return Err(JobError::snooze(WAIT));
        }
        let letter = comments::compose(&ctx.app, &tx, person, ctx.now()).await.map_err(JobError::retry)?;
        match &letter.message {
            Some(message) => ctx.app.mailer.send(message).await.map_err(|error| {
                if error.is_permanent() { JobError::fail(error) } else { JobError::retry(error) }
            })?,
            // Told already, or gone: the comment, its file, the way to it, or the wish to hear of it.
            None => ctx.log("nothing to say to this person any more"),
        }
        notice::forget(&tx, person, letter.about).await.map_err(JobError::retry)?;
        ctx.commit(tx, FollowUps::default()).await?;
        Ok(())
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        let person = ProfileId(self.profile_id);
        let letter = comments::compose(&ctx.app, &ctx.app.db, person, ctx.now()).await;
        Ok(Some(match letter.map_err(JobError::retry)?.message {
            Some(message) => format!("would send {:?} to {}", message.subject, message.to),
            None => "would send nothing: there is nothing to say to this person any more".to_owned(),
        }))
    }
}
