//! One queue of this process: what is fetched, what runs, and how much more may be claimed.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{
            AtomicBool, AtomicU64, AtomicUsize,
            Ordering::{AcqRel, Acquire, Relaxed, Release},
        },
    },
    task::{Context, Poll},
    time::Duration,
};

use futures_util::task::AtomicWaker;

use crate::{outcome::Outcome, progress::lock, run::Claimed};

/// Results that wait for the acker; beyond this nothing is claimed, so that acks do not fall behind without limit.
const UNACKED_MAX: usize = 4_000;
/// The rate of ending is measured over at least this long: jobs that end in one burst must not look fast.
const RATE_WINDOW: Duration = Duration::from_millis(5);
/// Fetched ahead: what ends within this many seconds at the present rate.
const AHEAD_S: f64 = 0.05;

/// `slots` is the concurrency: no more are handed out. `slots + prefetch` are claimed, where prefetch follows the
/// rate: zero for slow jobs, so that nothing is hoarded, large for fast ones, so that nothing needs tuning.
pub(crate) struct Slots {
    pub(crate) name: Arc<str>,
    pub(crate) slots: usize,
    prefetch_max: usize,
    buffer: Mutex<VecDeque<Claimed>>,
    buffered: AtomicUsize,
    running: AtomicUsize,
    unacked: AtomicUsize,
    prefetch: AtomicUsize,
    ended: AtomicUsize,
    ended_us: AtomicU64,
    maybe_more: AtomicBool,
    /// Attempts that ended well and that failed, until they are booked.
    tally: [AtomicUsize; 2],
    /// A limit held back jobs: look again when one ends.
    held_back: AtomicBool,
    work: AtomicWaker,
    /// A waker of its own: with one for both, closing could replace the other's and hang.
    idle: AtomicWaker,
}

impl Slots {
    pub(crate) fn new(name: &str, slots: usize, prefetch_max: usize) -> Slots {
        Slots {
            name: name.into(),
            slots,
            prefetch_max,
            buffer: Mutex::default(),
            buffered: 0.into(),
            running: 0.into(),
            unacked: 0.into(),
            prefetch: 0.into(),
            ended: 0.into(),
            ended_us: 0.into(),
            maybe_more: true.into(),
            tally: [0.into(), 0.into()],
            held_back: false.into(),
            work: AtomicWaker::new(),
            idle: AtomicWaker::new(),
        }
    }

    fn window(&self) -> usize {
        self.slots + self.prefetch.load(Relaxed)
    }

    /// How many may be claimed now.
    pub(crate) fn room(&self) -> usize {
        if self.unacked.load(Acquire) > UNACKED_MAX {
            return 0;
        }
        self.window().saturating_sub(self.buffered.load(Acquire) + self.running.load(Acquire))
    }

    /// Claim in useful portions: at once when nothing is buffered, else when half of the window is free.
    pub(crate) fn wants(&self) -> bool {
        let room = self.room();
        self.maybe_more.load(Acquire)
            && room > 0
            && (self.buffered.load(Acquire) == 0 || room * 2 >= self.window())
    }

    /// New work may be there.
    pub(crate) fn hint(&self) {
        self.maybe_more.store(true, Release);
    }

    /// Called before the claim's statement, so that a wake-up which arrives while it runs is not lost.
    pub(crate) fn clear_hint(&self) {
        self.maybe_more.store(false, Release);
    }

    /// A limit held back jobs.
    pub(crate) fn hold_back(&self) {
        self.held_back.store(true, Release);
    }

    pub(crate) fn is_held_back(&self) -> bool {
        self.held_back.load(Acquire)
    }

    /// Looks again for what a limit held back.
    pub(crate) fn try_held_back(&self) {
        if self.held_back.swap(false, AcqRel) {
            self.hint();
        }
    }

    /// Takes in what was claimed. `since` is the time since the rate was last measured; answers whether it was
    /// measured now.
    pub(crate) fn fill(&self, jobs: Vec<Claimed>, since: Duration) -> bool {
        let measured = since >= RATE_WINDOW;
        if measured {
            let (ended, ended_us) = (self.ended.swap(0, AcqRel), self.ended_us.swap(0, AcqRel));
            let ran = Duration::from_micros(ended_us / (ended as u64).max(1));
            self.prefetch.store(self.next_prefetch(ended, ran, since), Relaxed);
        }
        if !jobs.is_empty() {
            self.unacked.fetch_add(jobs.len(), AcqRel);
            self.buffered.fetch_add(jobs.len(), AcqRel);
            lock(&self.buffer).extend(jobs);
            self.work.wake();
        }
        measured
    }

    /// What ends soon, by two measures: how many ended lately, and how long they ran. Either alone is fooled: the
    /// first by slow jobs that end together, the second by slots that are mostly free.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counts of jobs in 50 ms, cut at the maximum"
    )]
    fn next_prefetch(&self, ended: usize, ran: Duration, since: Duration) -> usize {
        let by_rate = (ended as f64 / since.as_secs_f64() * AHEAD_S) as usize;
        let by_length = (self.slots as f64 / ran.as_secs_f64().max(1e-6) * AHEAD_S) as usize;
        let want = by_rate.min(by_length);
        let old = self.prefetch.load(Relaxed);
        let next = if want > old { want.min(2 * old + 64) } else { usize::midpoint(old, want) };
        next.min(self.prefetch_max)
    }

    /// Hands out a job. Registers first: a job that comes in between must wake.
    pub(crate) fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Claimed> {
        self.work.register(cx.waker());
        if self.running.load(Acquire) >= self.slots {
            return Poll::Pending;
        }
        let Some(job) = lock(&self.buffer).pop_front() else { return Poll::Pending };
        self.buffered.fetch_sub(1, AcqRel);
        self.running.fetch_add(1, AcqRel);
        Poll::Ready(job)
    }

    /// Whether [`Slots::poll_take`] would hand out a job.
    pub(crate) fn poll_can_take(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.work.register(cx.waker());
        let free = self.running.load(Acquire) < self.slots && self.buffered.load(Acquire) > 0;
        if free { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Ready when every claimed job's result is written.
    pub(crate) fn poll_idle(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.idle.register(cx.waker());
        if self.unacked.load(Acquire) == 0 { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Everything that was fetched and not started.
    pub(crate) fn take_buffered(&self) -> VecDeque<Claimed> {
        let jobs = std::mem::take(&mut *lock(&self.buffer));
        self.buffered.fetch_sub(jobs.len(), AcqRel);
        jobs
    }

    /// A job that ran for `ran` ended; its slot goes to the next one, if one is fetched.
    pub(crate) fn hand_over(&self, ran: Duration) -> Option<Claimed> {
        let next = lock(&self.buffer).pop_front();
        if next.is_some() {
            self.buffered.fetch_sub(1, AcqRel);
            self.measure(ran);
        } else {
            self.ended(ran);
        }
        next
    }

    fn measure(&self, ran: Duration) {
        self.ended.fetch_add(1, Relaxed);
        self.ended_us.fetch_add(u64::try_from(ran.as_micros()).unwrap_or(0), Relaxed);
    }

    /// A job that ran for `ran` ended.
    pub(crate) fn ended(&self, ran: Duration) {
        self.measure(ran);
        if self.running.fetch_sub(1, AcqRel) == self.slots {
            self.work.wake();
        }
    }

    /// A result was written.
    pub(crate) fn acked(&self, outcome: &Outcome) {
        match outcome {
            Outcome::Done => self.tally[0].fetch_add(1, Relaxed),
            Outcome::Dead(_) | Outcome::Retry { refund: false, .. } => self.tally[1].fetch_add(1, Relaxed),
            Outcome::Cancelled(_) | Outcome::Retry { .. } => 0,
        };
        self.try_held_back();
        if self.unacked.fetch_sub(1, AcqRel) == 1 {
            self.idle.wake();
        }
    }

    /// Attempts that ended well and that failed since this was last asked.
    pub(crate) fn take_tally(&self) -> [usize; 2] {
        [self.tally[0].swap(0, Relaxed), self.tally[1].swap(0, Relaxed)]
    }

    /// They could not be booked.
    pub(crate) fn put_back(&self, [done, failed]: [usize; 2]) {
        self.tally[0].fetch_add(done, Relaxed);
        self.tally[1].fetch_add(failed, Relaxed);
    }

    /// Looks again, for a shutdown.
    pub(crate) fn wake(&self) {
        self.work.wake();
    }

    pub(crate) fn running(&self) -> usize {
        self.running.load(Acquire)
    }

    /// Nothing runs, nothing waits to run.
    pub(crate) fn quiet(&self) -> bool {
        self.running.load(Acquire) + self.buffered.load(Acquire) == 0
    }

    /// Nothing runs, waits to run, or waits to be written.
    pub(crate) fn settled(&self) -> bool {
        self.unacked.load(Acquire) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_jobs_are_not_hoarded_even_when_they_end_together() {
        let slots = Slots::new("default", 8, 1_000);
        let ms = Duration::from_millis;
        assert_eq!(slots.next_prefetch(8, ms(300), ms(21)), 1);
        assert_eq!(slots.next_prefetch(0, ms(0), ms(500)), 0);
        assert_eq!(slots.next_prefetch(100, ms(1), ms(20)), 64, "grows in steps");
    }
}
