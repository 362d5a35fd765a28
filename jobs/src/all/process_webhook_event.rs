//! Tell the webhooks of a team of something that waited for more of its kind.

use std::time::Duration;

use domain::webhook::event;
use entities::ids::WebhookEventId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Job, JobCtx, JobError, job::Queue};

/// Each webhook that is switched on then gets a delivery of its own.
#[derive(Debug, Serialize, Deserialize)]
pub struct ProcessWebhookEvent {
    /// What.
    pub event_id: Uuid,
    /// The team.
    pub team_id: Uuid,
}

impl Job for ProcessWebhookEvent {
    const NAME: &'static str = "process-webhook-event";
    const QUEUE: Queue = Queue::Webhooks;
    const TIMEOUT: Duration = Duration::from_secs(60);
    /// Short, and others follow from it.
    const PRIORITY: i16 = 150;

    fn example() -> ProcessWebhookEvent {
        ProcessWebhookEvent { event_id: Uuid::from_u128(1), team_id: Uuid::from_u128(2) }
    }

    /// Whoever adds to what waits asks for it again.
    fn unique_key(&self) -> Option<String> {
        Some(self.event_id.to_string())
    }

    fn tenant(&self) -> Option<Uuid> {
        Some(self.team_id)
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        let event = WebhookEventId(self.event_id);
        let follow_ups = event::tell(&tx, event, ctx.now()).await.map_err(JobError::retry)?;
        if follow_ups.jobs.is_empty() {
            ctx.log("nobody is to be told any more");
        }
        ctx.commit(tx, follow_ups).await?;
        Ok(())
    }
}
