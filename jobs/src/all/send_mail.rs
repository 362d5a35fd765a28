//! Send one mail to one person.

use std::time::Duration;

use domain::mail::{self, Mail};
use entities::ids::ProfileId;
use platform::mail::Message;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError};

/// The text is made when it is sent, so that no token lies in the queue.
#[derive(Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SendMail(pub Mail);

impl Job for SendMail {
    const NAME: &'static str = "send-mail";
    /// About five hours: longer than most mail servers are away.
    const MAX_ATTEMPTS: i16 = 16;
    const TIMEOUT: Duration = Duration::from_secs(60);
    /// A person waits for it.
    const PRIORITY: i16 = 200;

    fn example() -> SendMail {
        SendMail(Mail::Register { profile_id: ProfileId(Uuid::from_u128(1)), invitation_id: None })
    }

    /// One that waits already is made from what is true when it is sent.
    fn unique_key(&self) -> Option<String> {
        Some(self.0.key())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        match self.message(ctx).await? {
            Some(message) => ctx.app.mailer.send(&message).await.map_err(|error| {
                if error.is_permanent() { JobError::fail(error) } else { JobError::retry(error) }
            }),
            // Gone, blocked, or confirmed meanwhile.
            None => {
                ctx.log("nothing to say to this person any more");
                Ok(())
            }
        }
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        Ok(Some(match self.message(ctx).await? {
            Some(message) => format!("would send {:?} to {}", message.subject, message.to),
            None => "would send nothing: there is nothing to say to this person any more".to_owned(),
        }))
    }
}

impl SendMail {
    async fn message(&self, ctx: &JobCtx) -> Result<Option<Message>, JobError> {
        let (app, now) = (&ctx.app, ctx.now());
        mail::compose(app, &app.db, &self.0, now).await.map_err(JobError::retry)
    }
}
