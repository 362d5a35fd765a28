//! Tell administrators of quotas that were passed.

use domain::mail::Mail;
use domain::quota::notice;
use serde::{Deserialize, Serialize};

use super::send_mail::SendMail;
use crate::{Enqueue, Job, JobCtx, JobError, Origin};

/// Those that only warn. Without administrators only the log has them.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct QuotaNotices {}

impl Job for QuotaNotices {
    const NAME: &'static str = "quota-notices";
    const PRIORITY: i16 = 10;
    const SCHEDULE: Option<&'static str> = Some("40 */10 * * * ?");

    fn example() -> QuotaNotices {
        QuotaNotices::default()
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let (app, now, mut told) = (&ctx.app, ctx.now(), 0);
        notice::forget(&app.db, now).await.map_err(JobError::retry)?;
        loop {
            ctx.go_on()?;
            let tx = platform::db::begin(&app.db).await.map_err(JobError::retry)?;
            let notices = notice::tell(&tx, now).await.map_err(JobError::retry)?;
            if notices.is_empty() {
                return Ok(());
            }
            for notice in &notices {
                for admin in &app.config.admins {
                    let (to, target) = (admin.clone(), notice.target.clone());
                    let mail =
                        SendMail(Mail::QuotaReached { to, target, within: notice.within, day: notice.day });
                    let options = Enqueue {
                        origin: Origin { parent: Some(ctx.id()), ..Origin::default() },
                        clock_shift: ctx.clock_shift(),
                        ..Enqueue::default()
                    };
                    crate::enqueue(&tx, &mail, options).await.map_err(JobError::retry)?;
                }
            }
            tx.commit().await.map_err(JobError::retry)?;
            told += notices.len() as u64;
            ctx.progress(told, None, "quotas told of");
        }
    }
}
