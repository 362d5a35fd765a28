//! What the tasks of one worker process share: claimer, acker, lease keeper, maintenance, and one apalis backend per
//! queue. Nothing in here knows apalis.

use std::{
    collections::{HashMap, HashSet},
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
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    control::Controls,
    cron_line::Schedule,
    outcome::Outcome,
    progress::lock,
    run::{Claimed, Control},
    slots::Slots,
};

/// How long a failed job waits: `first · 2ⁿ⁻¹`, at most `longest`, times a random factor between 0.5 and 1.5.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// After the first failed attempt. Default 1 s.
    pub first: Duration,
    /// Never more than this. Default 1 h.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Backoff {
        Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(3_600) }
    }
}

impl Backoff {
    pub(crate) fn delay(&self, attempt: i16) -> Duration {
        let factor = 2f64.powi(i32::from(attempt.clamp(1, 60)) - 1);
        let seconds = (self.first.as_secs_f64() * factor).min(self.longest.as_secs_f64());
        Duration::from_secs_f64(seconds * rand::random_range(0.5..1.5))
    }
}

/// How one worker process works. The defaults need no tuning.
#[derive(Debug, Clone)]
pub struct Config {
    /// Queues and their slots: how many jobs of it run at once, at least 1.
    pub queues: Vec<(String, usize)>,
    /// Jobs started by the clock. Written to `queue.schedule` at start.
    pub schedules: Vec<Schedule>,
    /// A job whose worker was not heard of for this long runs again. Renewed every third of it. Default 15 s.
    pub lease: Duration,
    /// The net under every wake-up. Default 1 s.
    pub poll: Duration,
    /// How long running jobs may go on after a shutdown began. Default 30 s.
    pub grace: Duration,
    /// How long one attempt may take when the job does not say. Default 10 min.
    pub timeout: Duration,
    /// Waits between attempts.
    pub backoff: Backoff,
    /// How long a handler may go on after somebody asked for the end of its job. Default 5 s.
    pub cancel: Duration,
    /// Housekeeping starts when nothing else has been ready or running here for this long, and the process is not busy.
    /// Zero: it is work like any other. Default 1 s.
    pub idle_after: Duration,
    /// Housekeeping that has waited for this long is work like any other. Default 1 h.
    pub housekeeping_max_wait: Duration,
    /// How long finished jobs are kept; `None`: somebody else calls [`crate::prune`].
    pub retention: Option<Duration>,
    /// Cancelled during a shutdown: running jobs are ended and given back at once, with their attempt.
    pub hurry: CancellationToken,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            queues: vec![("default".to_owned(), 8)],
            schedules: vec![],
            lease: Duration::from_secs(15),
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(30),
            timeout: Duration::from_secs(600),
            backoff: Backoff::default(),
            cancel: Duration::from_secs(5),
            idle_after: Duration::from_secs(1),
            housekeeping_max_wait: Duration::from_secs(3_600),
            retention: None,
            hurry: CancellationToken::new(),
        }
    }
}

/// Most jobs claimed by one statement.
const CLAIM_MAX: usize = 500;
/// Most jobs fetched ahead per queue.
const PREFETCH_MAX: usize = 1_000;

/// Jobs that have been here for less are not asked after: they end by themselves.
const SHORT: Duration = Duration::from_millis(100);

/// One result on its way to the database.
pub(crate) struct Ack {
    pub(crate) id: i64,
    pub(crate) token: i64,
    pub(crate) outcome: Outcome,
    /// The last progress, when it has not been written.
    pub(crate) progress: Option<String>,
    pub(crate) slots: Arc<Slots>,
}

/// A lease this process holds.
struct Lease {
    token: i64,
    claimed: Instant,
    renewed: Instant,
    control: Arc<Control>,
    /// The run has ended, and its result is on its way.
    ended: bool,
}

/// The run of this lease counts no longer.
fn lost(id: i64, lease: &Lease) {
    lease.control.cancelled.cancel();
    metrics::counter!("atelier_queue_leases_lost_total").increment(1);
    tracing::warn!(job = id, "queue: lost the lease of a running job");
}

/// How many runs ended how since the start.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Handlers that were started and came to an end, snoozes included.
    pub(crate) ran: AtomicU64,
    /// Runs that ended as retry or dead letter.
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
    leases: Mutex<HashMap<i64, Lease>>,
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
            leases: Mutex::default(),
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
    pub(crate) fn poke(&self) {
        for slots in &self.queues {
            slots.hint();
        }
        self.claim.notify_one();
    }

    /// The next queue to claim for, from `from` on in turn, and how many.
    pub(crate) fn next_claim(&self, from: usize) -> Option<(usize, usize)> {
        let count = self.queues.len();
        let index = (0..count).map(|k| (from + k) % count).find(|i| self.queues[*i].wants())?;
        self.queues[index].clear_hint();
        Some((index, self.queues[index].room().min(CLAIM_MAX)))
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
        self.poke();
    }

    /// The switches were changed: the timer reads them at once.
    pub(crate) fn look_at_controls(&self) {
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
        let mut leases = lock(&self.leases);
        for job in &jobs {
            let control = job.run.control.clone();
            let lease = Lease { token: job.token, claimed: now, renewed: now, control, ended: false };
            // This process slept through a lease of its own: the run of that claim counts no longer.
            if let Some(stale) = leases.insert(job.run.id, lease) {
                lost(job.run.id, &stale);
            }
        }
        drop(leases);
        let measured = slots.fill(jobs, since);
        if self.draining() {
            self.release(slots);
        }
        measured
    }

    /// Jobs that have not been started go back at once and keep their attempt.
    pub(crate) fn release(&self, slots: &Arc<Slots>) {
        for job in slots.take_buffered() {
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

    /// A started job came to an end after `ran`.
    pub(crate) fn ended(&self, ack: Ack, ran: Duration, housekeeping: bool) {
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
        if let Some(lease) = lock(&self.leases).get_mut(&ack.id).filter(|lease| lease.token == ack.token) {
            lease.ended = true;
        }
        let slots = ack.slots.clone();
        self.send(ack);
        slots.ended(ran);
        if !self.draining() && slots.wants() {
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
        self.queues.iter().all(|slots| slots.quiet())
    }

    /// Nothing is on its way at all.
    pub(crate) fn settled(&self) -> bool {
        self.queues.iter().all(|slots| slots.settled())
    }

    /// These results are written.
    pub(crate) fn acked(&self, acks: &[Ack]) {
        let mut leases = lock(&self.leases);
        for ack in acks {
            if leases.get(&ack.id).is_some_and(|lease| lease.token == ack.token) {
                leases.remove(&ack.id);
            }
        }
        drop(leases);
        for ack in acks {
            ack.slots.acked();
        }
        if !self.draining() && self.queues.iter().any(|slots| slots.wants()) {
            self.claim.notify_one();
        }
    }

    /// Ids and tokens of the jobs that have been here for a while.
    pub(crate) fn leases_held(&self) -> (Vec<i64>, Vec<i64>) {
        let leases = lock(&self.leases);
        let long = leases.iter().filter(|(_, lease)| !lease.ended && lease.claimed.elapsed() >= SHORT);
        long.map(|(id, lease)| (*id, lease.token)).unzip()
    }

    /// Somebody asked for the end of these jobs.
    pub(crate) fn cancel(&self, jobs: Vec<(i64, String)>) {
        let leases = lock(&self.leases);
        for (id, who) in jobs {
            if let Some(lease) = leases.get(&id) {
                tracing::info!(job = id, who, "queue: cancelled");
                lease.control.cancel(who);
            }
        }
    }

    /// Ids and tokens of leases that were not renewed for `age`.
    pub(crate) fn leases_older(&self, age: Duration) -> (Vec<i64>, Vec<i64>) {
        let leases = lock(&self.leases);
        let old = leases.iter().filter(|(_, lease)| lease.renewed.elapsed() >= age);
        let mut old: Vec<(i64, i64)> = old.map(|(id, lease)| (*id, lease.token)).collect();
        // Everybody locks rows in the order of their ids, so that nobody waits for each other.
        old.sort_unstable();
        old.into_iter().unzip()
    }

    /// Of these ids with their tokens, only `kept` are still ours. One that was not kept has been acked meanwhile, or
    /// somebody else has it now: then its result no longer counts and the handler is told to stop. A job that this
    /// process claimed again meanwhile has another token, and is left alone.
    pub(crate) fn renewed(&self, ids: &[i64], tokens: &[i64], kept: &[i64]) {
        let now = Instant::now();
        let kept: HashSet<i64> = kept.iter().copied().collect();
        let mut leases = lock(&self.leases);
        for (id, token) in ids.iter().zip(tokens) {
            let Some(lease) = leases.get_mut(id).filter(|lease| lease.token == *token) else { continue };
            if kept.contains(id) {
                lease.renewed = now;
            } else if !lease.ended {
                lost(*id, lease);
                leases.remove(id);
            }
        }
    }

    /// Progress that has not been written: ids, tokens, JSON texts.
    pub(crate) fn progress_changes(&self) -> (Vec<i64>, Vec<i64>, Vec<String>) {
        let leases = lock(&self.leases);
        let changes = leases.iter().filter_map(|(id, lease)| {
            let text = lease.control.progress.take_change()?;
            Some((*id, lease.token, text))
        });
        let mut changes: Vec<(i64, i64, String)> = changes.collect();
        changes.sort_unstable();
        changes.into_iter().collect()
    }

    /// Writing failed: these are still to be written.
    pub(crate) fn progress_not_written(&self, ids: &[i64]) {
        let leases = lock(&self.leases);
        for lease in ids.iter().filter_map(|id| leases.get(id)) {
            lease.control.progress.not_written();
        }
    }

    /// Tells every running handler to come to an end.
    pub(crate) fn cancel_all(&self) {
        for lease in lock(&self.leases).values() {
            lease.control.cancelled.cancel();
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
                std::future::poll_fn(|cx| slots.poll_idle(cx)).await;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_grows_and_is_bounded() {
        let backoff = Backoff { first: Duration::from_secs(1), longest: Duration::from_secs(60) };
        for (attempt, seconds) in [(1, 1.0), (2, 2.0), (5, 16.0), (7, 60.0), (100, 60.0)] {
            let delay = backoff.delay(attempt).as_secs_f64();
            assert!((seconds * 0.5..seconds * 1.5).contains(&delay), "{attempt}: {delay}");
        }
    }
}
