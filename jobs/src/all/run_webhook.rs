//! Tell one webhook of something.

use std::time::{Duration, Instant};

use domain::webhook::delivery::{self, Delivery, Over};
use entities::ids::{WebhookEventId, WebhookId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError, job::Queue};

/// One delivery: what was answered stands in its log, and its attempts are those of the delivery.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunWebhook {
    /// What.
    pub event_id: Uuid,
    /// Which webhook.
    pub webhook_id: Uuid,
    /// Its team.
    pub team_id: Uuid,
}

/// Characters of an answer that are kept.
const EXCERPT_CHARS_MAX: usize = 200;

impl Job for RunWebhook {
    const NAME: &'static str = "run-webhook";
    const QUEUE: Queue = Queue::Webhooks;
    /// About five hours: longer than most servers are away.
    const MAX_ATTEMPTS: i16 = 16;
    /// The call has a limit of its own, and so has the database.
    const TIMEOUT: Duration = Duration::from_secs(30);

    fn example() -> RunWebhook {
        let [event_id, webhook_id, team_id] = [1, 2, 3].map(Uuid::from_u128);
        RunWebhook { event_id, webhook_id, team_id }
    }

    fn tenant(&self) -> Option<Uuid> {
        Some(self.team_id)
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let delivery = match self.find(ctx).await? {
            Ok(delivery) => delivery,
            Err(over) => {
                ctx.log(words(over));
                return Ok(());
            }
        };
        let place = ctx.app.webhooks.place(self.team_id).await.map_err(JobError::snooze)?;
        let begun = Instant::now();
        let sent = delivery.send(&ctx.app, ctx.now()).await;
        drop(place);
        let took = begun.elapsed().as_millis();
        let (code, may_heal) = match sent {
            Ok(reply) => {
                let excerpt: String = reply.excerpt.chars().take(EXCERPT_CHARS_MAX).collect();
                ctx.log(&format!("answered {} after {took} ms: {excerpt:?}", reply.status));
                if delivery::is_good(reply.status) {
                    return delivery.arrived(&ctx.app.db).await.map_err(JobError::retry);
                }
                (delivery::code_of_status(reply.status), true)
            }
            Err(error) => {
                ctx.log(&format!("after {took} ms: {error}"));
                (delivery::code_of(error), delivery::may_heal(error))
            }
        };
        not_heard(ctx, &delivery, code, may_heal).await
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        Ok(Some(match self.find(ctx).await? {
            Ok(_) => "would tell the webhook".to_owned(),
            Err(over) => format!("would tell nobody: {}", words(over)),
        }))
    }
}

impl RunWebhook {
    async fn find(&self, ctx: &JobCtx) -> Result<Result<Delivery, Over>, JobError> {
        let (webhook, event) = (WebhookId(self.webhook_id), WebhookEventId(self.event_id));
        delivery::find(&ctx.app.db, webhook, event).await.map_err(JobError::retry)
    }
}

/// Another attempt, or none any more.
async fn not_heard(ctx: &JobCtx, delivery: &Delivery, code: String, may_heal: bool) -> Result<(), JobError> {
    if may_heal && !ctx.is_last_attempt() {
        delivery.failed(&ctx.app.db, &code).await.map_err(JobError::retry)?;
        return Err(JobError::retry(code));
    }
    let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
    let follow_ups = delivery.given_up(&tx, &code).await.map_err(JobError::retry)?;
    if !follow_ups.jobs.is_empty() {
        ctx.log("the webhook was switched off");
    }
    ctx.commit(tx, follow_ups).await?;
    Err(JobError::fail(code))
}

fn words(over: Over) -> &'static str {
    match over {
        Over::Gone => "the webhook is gone, or what happened is too long ago",
        Over::SwitchedOff => "the webhook was switched off",
        Over::TeamGone => "the team was deleted",
    }
}
