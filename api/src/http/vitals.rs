//! What is measured when somebody asks for `/metrics`, at most every few seconds: whoever asks more often gets the
//! figures of the last time, so that asking costs the database nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jobs::{Queue, read};
use platform::{app::App, metrics::names as of, vitals};
use tokio::sync::Mutex;

/// Figures are at least this old before they are measured again.
const AGE_MIN: Duration = Duration::from_secs(2);
/// Queues are counted within this time, or keep the figures they had.
const QUEUES_MAX: Duration = Duration::from_secs(3);

/// Measures. Cheap to clone; clones share when they last did.
#[derive(Clone, Default)]
pub struct Vitals(Arc<Mutex<Option<Instant>>>);

impl Vitals {
    /// Measures, unless that was just done. Who comes while it is being done waits for it: 5 s at most.
    pub async fn measure(&self, app: &App) {
        let mut last = self.0.lock().await;
        if last.is_some_and(|last| last.elapsed() < AGE_MIN) {
            return;
        }
        if vitals::measure(app).await {
            queues(app).await;
        }
        *last = Some(Instant::now());
    }
}

/// Every process tells of every queue: one that no worker serves would go unseen otherwise.
async fn queues(app: &App) {
    let names = Queue::ALL.map(Queue::name);
    let counted = read::stats(&app.pool, &names);
    let stats = match tokio::time::timeout(QUEUES_MAX, counted).await {
        Ok(Ok(stats)) => stats,
        Ok(Err(error)) => return tracing::warn!(%error, "queues cannot be counted for /metrics"),
        Err(_) => return tracing::warn!("queues were not counted in time for /metrics"),
    };
    let mut dead = 0;
    for queue in stats {
        dead += queue.dead.0;
        let name = queue.queue;
        metrics::gauge!(of::QUEUE_OLDEST, "queue" => name.clone()).set(queue.oldest_ready_s);
        metrics::gauge!(of::QUEUE_READY, "queue" => name.clone()).set(float(queue.ready.0));
        metrics::gauge!(of::QUEUE_SERVED_SLOTS, "queue" => name).set(float(queue.slots));
    }
    metrics::gauge!(of::QUEUE_DEAD).set(float(dead));
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn float(count: i64) -> f64 {
    count as f64
}
