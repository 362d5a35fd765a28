//! Find out whether somebody who forgot the password gets a link.

use domain::mail::Mail;
use domain::profile::recovery;
use serde::{Deserialize, Serialize};

use super::send_mail::SendMail;
use crate::{Enqueue, Job, JobCtx, JobError, Origin};

/// An address, as somebody typed it who may be nobody. Looking it up here gives all addresses the same answer in the
/// same time.
#[derive(Debug, Serialize, Deserialize)]
pub struct RequestRecovery {
    /// Lower-case.
    pub email: String,
}

impl Job for RequestRecovery {
    const NAME: &'static str = "request-recovery";
    /// A person waits for it.
    const PRIORITY: i16 = 200;

    fn example() -> RequestRecovery {
        RequestRecovery { email: "somebody@example.com".to_owned() }
    }

    /// Asked twice before it was looked at, it is one wish.
    fn unique_key(&self) -> Option<String> {
        Some(self.email.clone())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let now = ctx.now();
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        let due = recovery::request(&ctx.app, &tx, &self.email, now).await.map_err(JobError::retry)?;
        if let Some(due) = due {
            let mail = SendMail(Mail::PasswordRecovery { profile_id: due.profile_id });
            let options = Enqueue {
                run_at: (due.mail_at > now).then_some(due.mail_at),
                origin: Origin { parent: Some(ctx.id()), ..Origin::default() },
                clock_shift: ctx.clock_shift(),
                ..Enqueue::default()
            };
            crate::enqueue(&tx, &mail, options).await.map_err(JobError::retry)?;
        }
        tx.commit().await.map_err(JobError::retry)
    }
}
