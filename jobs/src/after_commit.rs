//! What is done once a change is committed, kept until then.

use atelier_queue::NewJob;
use chrono::TimeDelta;
use domain::{
    event::Event,
    follow_up::{FollowUps, JobRequest},
};
use platform::bus::Bus;
use sea_orm::ConnectionTrait;

use crate::{
    insert::{EnqueueError, insert},
    origin::Origin,
    wake::Waker,
};

/// How what rules ask for becomes a job.
pub(crate) type JobOf = fn(JobRequest) -> Result<NewJob, serde_json::Error>;

/// Workers that are to be woken, and messages that are not true before the commit.
#[derive(Debug, Default)]
#[must_use = "nobody hears of the change otherwise"]
pub struct AfterCommit {
    /// Jobs that were new.
    pub(crate) enqueued: u64,
    ready: bool,
    scheduled: bool,
    events: Vec<Event>,
}

impl AfterCommit {
    /// Both of one commit.
    pub fn and(mut self, other: AfterCommit) -> AfterCommit {
        self.enqueued += other.enqueued;
        self.ready |= other.ready;
        self.scheduled |= other.scheduled;
        self.events.extend(other.events);
        self
    }

    /// Wakes workers, then tells whoever listens.
    pub async fn tell(self, waker: &Waker, bus: &Bus) {
        // First, because a bus that hangs makes the next step slow.
        if self.ready {
            waker.wake();
        }
        if self.scheduled {
            waker.wake_scheduled();
        }
        self.publish(bus).await;
    }

    /// Tells whoever listens.
    pub(crate) async fn publish(self, bus: &Bus) {
        for event in self.events {
            bus.publish(&event.topic(), event.encoded()).await;
        }
    }
}

/// Writes the jobs of a change in its transaction, with the clock of whoever asks.
pub(crate) async fn enqueue_all(
    conn: &impl ConnectionTrait,
    follow_ups: FollowUps,
    origin: &Origin,
    clock_shift: TimeDelta,
    job_of: JobOf,
) -> Result<AfterCommit, EnqueueError> {
    let mut after = AfterCommit { events: follow_ups.events, ..AfterCommit::default() };
    for request in follow_ups.jobs {
        let job = NewJob { clock_shift, ..job_of(request)? };
        let later = job.run_at.is_some();
        after.enqueued += u64::from(insert(conn, job, origin).await?.is_some());
        (after.ready, after.scheduled) = (after.ready || !later, after.scheduled || later);
    }
    Ok(after)
}
