//! One queue of this process: its state behind one lock, and whoever waits for a change of it.

mod state;

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use state::State;
pub(crate) use state::Tally;

use crate::{outcome::Outcome, progress::lock, run::Claimed};

pub(crate) struct Slots {
    pub(crate) name: Arc<str>,
    pub(crate) slots: usize,
    locked: Mutex<Locked>,
}

struct Locked {
    state: State<Claimed>,
    /// Waits until a job can be taken.
    taker: Option<Waker>,
    /// Waits until every result is written. Not the same as the other one: whoever closes must not replace it.
    closer: Option<Waker>,
}

/// So that `cx` is woken later.
fn register(waker: &mut Option<Waker>, cx: &Context<'_>) {
    match waker {
        Some(known) => known.clone_from(cx.waker()),
        None => *waker = Some(cx.waker().clone()),
    }
}

impl Slots {
    pub(crate) fn new(name: &str, slots: usize, prefetch_max: usize) -> Slots {
        let locked = Locked { state: State::new(slots, prefetch_max), taker: None, closer: None };
        Slots { name: name.into(), slots, locked: Mutex::new(locked) }
    }

    /// One step. Afterwards, and without the lock, whoever waited for what it made possible is woken.
    fn step<T>(&self, step: impl FnOnce(&mut State<Claimed>) -> T) -> T {
        let mut locked = lock(&self.locked);
        let result = step(&mut locked.state);
        let taker = if locked.state.can_take() { locked.taker.take() } else { None };
        let closer = if locked.state.is_settled() { locked.closer.take() } else { None };
        drop(locked);
        taker.into_iter().chain(closer).for_each(Waker::wake);
        result
    }

    /// Whether a claim is worth its statement.
    pub(crate) fn wants(&self) -> bool {
        lock(&self.locked).state.wants()
    }

    /// New work may be there.
    pub(crate) fn hint(&self) {
        self.step(State::hint);
    }

    /// A claim begins, of so many, if one is worth it.
    pub(crate) fn begin_claim(&self) -> Option<usize> {
        self.step(State::begin_claim)
    }

    /// Takes in what was claimed. `since` is the time since the rate was last measured; answers whether it was
    /// measured now.
    pub(crate) fn claimed(&self, jobs: Vec<Claimed>, since: Duration) -> bool {
        self.step(|state| state.claimed(jobs, since))
    }

    /// A limit held back jobs.
    pub(crate) fn hold_back(&self) {
        self.step(State::hold_back);
    }

    pub(crate) fn is_held_back(&self) -> bool {
        lock(&self.locked).state.is_held_back()
    }

    /// What a limit held back may be claimed again.
    pub(crate) fn try_held_back(&self) {
        self.step(State::try_held_back);
    }

    /// Hands out a job.
    pub(crate) fn poll_take(&self, cx: &Context<'_>) -> Poll<Claimed> {
        let mut locked = lock(&self.locked);
        match locked.state.take() {
            Some(job) => Poll::Ready(job),
            None => {
                register(&mut locked.taker, cx);
                Poll::Pending
            }
        }
    }

    /// Whether [`Slots::poll_take`] would hand out a job.
    pub(crate) fn poll_can_take(&self, cx: &Context<'_>) -> Poll<()> {
        let mut locked = lock(&self.locked);
        if locked.state.can_take() {
            return Poll::Ready(());
        }
        register(&mut locked.taker, cx);
        Poll::Pending
    }

    /// Ready when every claimed job's result is written.
    pub(crate) fn poll_settled(&self, cx: &Context<'_>) -> Poll<()> {
        let mut locked = lock(&self.locked);
        if locked.state.is_settled() {
            return Poll::Ready(());
        }
        register(&mut locked.closer, cx);
        Poll::Pending
    }

    /// Everything that was fetched and not started.
    pub(crate) fn give_back(&self) -> VecDeque<Claimed> {
        self.step(State::give_back)
    }

    /// A job that ran for `ran` ended. Answers whether a claim is worth its statement now.
    pub(crate) fn ended(&self, ran: Duration) -> bool {
        self.step(|state| {
            state.ended(ran);
            state.wants()
        })
    }

    /// A job that ran for `ran` ended; its slot goes to the next one, if one is fetched. Answers that one, and
    /// whether a claim is worth its statement now.
    pub(crate) fn take_next(&self, ran: Duration) -> (Option<Claimed>, bool) {
        self.step(|state| (state.take_next(ran), state.wants()))
    }

    /// A result was written.
    pub(crate) fn acked(&self, outcome: &Outcome) {
        self.step(|state| state.acked(outcome));
    }

    /// What ended since this was last asked.
    pub(crate) fn take_tally(&self) -> Tally {
        self.step(State::take_tally)
    }

    /// It could not be recorded.
    pub(crate) fn put_back(&self, tally: Tally) {
        self.step(|state| state.put_back(tally));
    }

    /// Whoever waits for a job asks again, for a shutdown.
    pub(crate) fn wake(&self) {
        let taker = lock(&self.locked).taker.take();
        taker.into_iter().for_each(Waker::wake);
    }

    pub(crate) fn running(&self) -> usize {
        lock(&self.locked).state.running()
    }

    /// Nothing runs, nothing waits to run.
    pub(crate) fn is_quiet(&self) -> bool {
        lock(&self.locked).state.is_quiet()
    }

    /// Nothing runs, waits to run, or waits to be written.
    pub(crate) fn is_settled(&self) -> bool {
        lock(&self.locked).state.is_settled()
    }
}
