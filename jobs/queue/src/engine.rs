//! What the tasks of one worker process share: claimer, acker, lease keeper, maintenance, and one apalis backend per
//! queue. Nothing in here knows apalis.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{
            AtomicBool, AtomicU64,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
    time::{Duration, Instant},
};

use sqlx::{PgPool, postgres::PgConnectOptions};
use tokio::sync::{Notify, mpsc};
use uuid::Uuid;

use crate::{
    config::Config, control::Controls, leases::Leases, outcome::Outcome, progress::lock, run::Claimed,
    slots::Slots,
};

/// Most jobs claimed by one statement.
const CLAIM_MAX: usize = 500;
/// Most jobs fetched ahead per queue.
const PREFETCH_MAX: usize = 1_000;

/// One result on its way to the database.
pub(crate) struct Ack {
    pub(crate) id: i64,
    pub(crate) token: i64,
    pub(crate) outcome: Outcome,
    /// The last progress, when it has not been written.
    pub(crate) progress: Option<String>,
    pub(crate) slots: Arc<Slots>,
}

/// How many runs ended how since the start.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Handlers that were started and came to an end, snoozes included.
    pub(crate) ran: AtomicU64,
    /// Runs that ended as retry or dead job.
    pub(crate) failed: AtomicU64,
}

pub(crate) struct Engine {
    pub(crate) config: Config,
    pub(crate) pool: PgPool,
    pub(crate) options: Arc<PgConnectOptions>,
    pub(crate) worker_id: Uuid,
    pub(crate) queues: Vec<Arc<Slots>>,
    acks: mpsc::UnboundedSender<Ack>,
    /// Wake the claimer, and the timer of scheduled jobs. A permit is kept, so no wake-up is lost.
    pub(crate) claim: Notify,
    pub(crate) due: Notify,
    /// Called when draining begins.
    pub(crate) drained: Notify,
    /// Somebody cancelled jobs.
    pub(crate) cancels: Notify,
    /// Switches and limits as of the last second, and whether they are to be read before that is over.
    controls: Mutex<Arc<Controls>>,
    controls_changed: AtomicBool,
    /// Nothing else is to be done: one piece of housekeeping may start.
    housekeeping: AtomicBool,
    /// When ordinary work was last seen.
    busy: Mutex<Instant>,
    draining: AtomicBool,
    closed: AtomicBool,
    pub(crate) leases: Leases,
    pub(crate) tally: Tally,
}

impl Engine {
    /// The second part is the acker's end.
    pub(crate) fn new(pool: &PgPool, config: Config) -> (Arc<Engine>, mpsc::UnboundedReceiver<Ack>) {
        let (acks, results) = mpsc::unbounded_channel();
        let queues =
            config.queues.iter().map(|(name, n)| Arc::new(Slots::new(name, *n, PREFETCH_MAX))).collect();
        let engine = Engine {
            queues,
            config,
            pool: pool.clone(),
            options: pool.connect_options(),
            worker_id: Uuid::from_u128(rand::random()),
            acks,
            claim: Notify::new(),
            due: Notify::new(),
            drained: Notify::new(),
            cancels: Notify::new(),
            controls: Mutex::default(),
            controls_changed: false.into(),
            housekeeping: false.into(),
            busy: Mutex::new(Instant::now()),
            draining: false.into(),
            closed: false.into(),
            leases: Leases::default(),
            tally: Tally::default(),
        };
        (Arc::new(engine), results)
    }

    pub(crate) fn draining(&self) -> bool {
        self.draining.load(Acquire)
    }

    pub(crate) fn closed(&self) -> bool {
        self.closed.load(Acquire)
    }

    /// New work may exist.
    pub(crate) fn wake_claimer(&self) {
        for slots in &self.queues {
            slots.hint();
        }
        self.claim.notify_one();
    }

    /// The next queue to claim for, from `from` on in turn, and how many.
    pub(crate) fn next_claim(&self, from: usize) -> Option<(usize, usize)> {
        let count = self.queues.len();
        let in_turn = (0..count).map(|k| (from + k) % count);
        let mut claims = in_turn.filter_map(|index| Some((index, self.queues[index].begin_claim()?)));
        claims.next().map(|(index, room)| (index, room.min(CLAIM_MAX)))
    }

    pub(crate) fn controls(&self) -> Arc<Controls> {
        lock(&self.controls).clone()
    }

    /// From now on these are in force. What was fetched of something that is paused goes back.
    pub(crate) fn set_controls(&self, new: Controls) {
        let mut now = lock(&self.controls);
        if **now == new {
            return;
        }
        let pauses = new.pauses_more_than(&now);
        *now = Arc::new(new);
        drop(now);
        if pauses {
            for slots in &self.queues {
                self.release(slots);
            }
        }
        self.wake_claimer();
    }

    /// The switches were changed: the timer reads them at once.
    pub(crate) fn controls_changed(&self) {
        self.controls_changed.store(true, Release);
        self.due.notify_one();
    }

    pub(crate) fn take_controls_changed(&self) -> bool {
        self.controls_changed.swap(false, Relaxed)
    }

    /// Called now and then: lets one piece of housekeeping start when nothing else is to be done.
    pub(crate) fn offer_housekeeping(&self, process_is_busy: bool) {
        let idle = self.settled() && lock(&self.busy).elapsed() >= self.config.idle_after;
        if idle && !process_is_busy && !self.config.idle_after.is_zero() {
            self.housekeeping.store(true, Release);
            self.claim.notify_one();
        }
    }

    /// Whether a piece of housekeeping may start; answers yes once for each offer.
    pub(crate) fn take_housekeeping(&self) -> bool {
        self.housekeeping.swap(false, Relaxed) && self.settled()
    }

    /// The lowest priority of work that is always claimed.
    pub(crate) fn floor(&self) -> i16 {
        if self.config.idle_after.is_zero() { i16::MIN } else { 0 }
    }

    /// Takes in what a claim brought; `full`: there may be more. Answers whether the rate was measured.
    pub(crate) fn claimed(
        &self,
        slots: &Arc<Slots>,
        jobs: Vec<Claimed>,
        full: bool,
        since: Duration,
    ) -> bool {
        if full {
            slots.hint();
        }
        let now = Instant::now();
        if jobs.iter().any(|job| job.priority >= 0) {
            *lock(&self.busy) = now;
        }
        self.leases.take_in(&jobs, now);
        let measured = slots.claimed(jobs, since);
        if self.draining() {
            self.release(slots);
        }
        measured
    }

    /// Jobs that have not been started go back at once and keep their attempt.
    pub(crate) fn release(&self, slots: &Arc<Slots>) {
        for job in slots.give_back() {
            let slots = slots.clone();
            self.send(Ack {
                id: job.run.id,
                token: job.token,
                outcome: Outcome::RELEASE,
                progress: None,
                slots,
            });
        }
    }

    /// A started job came to an end.
    pub(crate) fn ended(&self, ack: Ack, housekeeping: bool) {
        if housekeeping {
            // Perhaps another piece may start.
            self.due.notify_one();
        } else {
            *lock(&self.busy) = Instant::now();
        }
        self.tally.ran.fetch_add(1, Relaxed);
        if matches!(ack.outcome, Outcome::Dead(_) | Outcome::Retry { refund: false, .. }) {
            self.tally.failed.fetch_add(1, Relaxed);
        }
        self.leases.ended(ack.id, ack.token);
        self.send(ack);
    }

    /// Another claim is worth its statement.
    pub(crate) fn claim_soon(&self) {
        if !self.draining() {
            self.claim.notify_one();
        }
    }

    fn send(&self, ack: Ack) {
        let id = ack.id;
        if self.acks.send(ack).is_err() {
            tracing::error!(
                job = id,
                "queue: a result came after the acker had gone; the job will run again"
            );
        }
    }

    /// Nothing runs or waits to run: the acker need not wait for company.
    pub(crate) fn quiet(&self) -> bool {
        self.queues.iter().all(|slots| slots.is_quiet())
    }

    /// Nothing is on its way at all.
    pub(crate) fn settled(&self) -> bool {
        self.queues.iter().all(|slots| slots.is_settled())
    }

    /// These results are written.
    pub(crate) fn acked(&self, acks: &[Ack]) {
        self.leases.let_go(acks.iter().map(|ack| (ack.id, ack.token)));
        for ack in acks {
            ack.slots.acked(&ack.outcome);
        }
        if self.queues.iter().any(|slots| slots.wants()) {
            self.claim_soon();
        }
    }

    /// First half of a shutdown: claims nothing more, gives back what has not been started.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Release);
        self.claim.notify_one();
        for slots in &self.queues {
            self.release(slots);
            slots.wake();
        }
        self.due.notify_one();
        self.drained.notify_one();
    }

    /// Second half, after the last handler has ended: waits until every result is written, at most `limit`, then
    /// lets the lease keeper go.
    pub(crate) async fn close(&self, limit: Duration) {
        self.drain();
        let written = async {
            for slots in &self.queues {
                std::future::poll_fn(|cx| slots.poll_settled(cx)).await;
            }
        };
        if tokio::time::timeout(limit, written).await.is_err() {
            tracing::error!("queue: some results could not be written; those jobs will run again");
        }
        self.closed.store(true, Release);
        self.claim.notify_one();
        self.due.notify_one();
    }
}
