//! What a queue of this process holds, as one value. Pure: it knows no lock, no clock and nobody to wake; each step
//! says what follows from it.

use std::{collections::VecDeque, time::Duration};

use crate::outcome::Outcome;

/// Results that wait for the acker; beyond this nothing is claimed, so that acks do not fall behind without limit.
const UNACKED_MAX: usize = 4_000;
/// The rate of ending is measured over at least this long: jobs that end in one burst must not look fast.
const RATE_WINDOW: Duration = Duration::from_millis(5);
/// Fetched ahead: what ends within this many seconds at the present rate.
const AHEAD_S: f64 = 0.05;

/// Attempts that ended well and that failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) done: usize,
    pub(crate) failed: usize,
}

/// A job `J` is fetched, then runs, then its result waits for the acker. `slots` is the concurrency: no more run.
/// `slots + prefetch` are claimed, where prefetch follows the rate: zero for slow jobs, so that nothing is hoarded,
/// large for fast ones, so that nothing needs tuning.
#[derive(Debug)]
pub(super) struct State<J> {
    slots: usize,
    prefetch_max: usize,
    prefetch: usize,
    fetched: VecDeque<J>,
    running: usize,
    /// Claimed without a written result: what is fetched, what runs, and what waits for the acker.
    unacked: usize,
    /// What ended since the rate was last measured, and how long it ran.
    ended: usize,
    ran: Duration,
    /// Work may be there that was not claimed yet.
    maybe_more: bool,
    /// A limit held back jobs: they may start when one has ended.
    held_back: bool,
    /// Since it was last taken.
    tally: Tally,
}

impl<J> State<J> {
    pub(super) fn new(slots: usize, prefetch_max: usize) -> State<J> {
        State {
            slots,
            prefetch_max,
            prefetch: 0,
            fetched: VecDeque::new(),
            running: 0,
            unacked: 0,
            ended: 0,
            ran: Duration::ZERO,
            maybe_more: true,
            held_back: false,
            tally: Tally::default(),
        }
    }

    fn window(&self) -> usize {
        self.slots + self.prefetch
    }

    /// How many may be claimed now.
    fn room(&self) -> usize {
        if self.unacked > UNACKED_MAX {
            return 0;
        }
        self.window().saturating_sub(self.fetched.len() + self.running)
    }

    /// Whether a claim is worth its statement: when nothing is fetched, else when half of the window is free.
    pub(super) fn wants(&self) -> bool {
        let room = self.room();
        self.maybe_more && room > 0 && (self.fetched.is_empty() || room * 2 >= self.window())
    }

    /// New work may be there.
    pub(super) fn hint(&mut self) {
        self.maybe_more = true;
    }

    /// A claim begins, of so many, if one is worth it. A hint that comes while its statement runs is not lost.
    pub(super) fn begin_claim(&mut self) -> Option<usize> {
        let wants = self.wants();
        wants.then(|| {
            self.maybe_more = false;
            self.room()
        })
    }

    /// A claim brought these. `since` is the time since the rate was last measured; answers whether it was measured
    /// now.
    pub(super) fn claimed(&mut self, jobs: Vec<J>, since: Duration) -> bool {
        let measured = since >= RATE_WINDOW;
        if measured {
            let ended = std::mem::take(&mut self.ended);
            let ran = std::mem::take(&mut self.ran) / u32::try_from(ended).unwrap_or(u32::MAX).max(1);
            self.prefetch = self.next_prefetch(ended, ran, since);
        }
        self.unacked += jobs.len();
        self.fetched.extend(jobs);
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
        let old = self.prefetch;
        let next = if want > old { want.min(2 * old + 64) } else { usize::midpoint(old, want) };
        next.min(self.prefetch_max)
    }

    /// Whether [`State::take`] would give a job.
    pub(super) fn can_take(&self) -> bool {
        self.running < self.slots && !self.fetched.is_empty()
    }

    /// Starts the job that was fetched first, if a slot is free.
    pub(super) fn take(&mut self) -> Option<J> {
        if !self.can_take() {
            return None;
        }
        self.running += 1;
        self.fetched.pop_front()
    }

    /// A job that ran for `ran` ended.
    pub(super) fn ended(&mut self, ran: Duration) {
        self.ended += 1;
        self.ran += ran;
        self.running = self.running.saturating_sub(1);
    }

    /// A job that ran for `ran` ended, and its slot goes to the next one, if one is fetched.
    pub(super) fn take_next(&mut self, ran: Duration) -> Option<J> {
        self.ended(ran);
        self.take()
    }

    /// Everything that was fetched and not started: whoever asks gives it back through the acker.
    pub(super) fn give_back(&mut self) -> VecDeque<J> {
        std::mem::take(&mut self.fetched)
    }

    /// A result was written.
    pub(super) fn acked(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Done => self.tally.done += 1,
            Outcome::Dead(_) | Outcome::Retry { refund: false, .. } => self.tally.failed += 1,
            Outcome::Cancelled(_) | Outcome::Retry { refund: true, .. } => {}
        }
        self.unacked = self.unacked.saturating_sub(1);
        self.try_held_back();
    }

    /// A limit held back jobs.
    pub(super) fn hold_back(&mut self) {
        self.held_back = true;
    }

    pub(super) fn is_held_back(&self) -> bool {
        self.held_back
    }

    /// What a limit held back may be claimed again.
    pub(super) fn try_held_back(&mut self) {
        if std::mem::take(&mut self.held_back) {
            self.hint();
        }
    }

    /// What ended since this was last asked.
    pub(super) fn take_tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }

    /// It could not be recorded.
    pub(super) fn put_back(&mut self, tally: Tally) {
        self.tally.done += tally.done;
        self.tally.failed += tally.failed;
    }

    pub(super) fn running(&self) -> usize {
        self.running
    }

    /// Nothing runs, nothing waits to run.
    pub(super) fn is_quiet(&self) -> bool {
        self.running + self.fetched.len() == 0
    }

    /// Nothing runs, waits to run, or waits to be written.
    pub(super) fn is_settled(&self) -> bool {
        self.unacked == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const ACKED: [Outcome; 3] = [Outcome::Done, Outcome::RELEASE, Outcome::Dead(String::new())];

    #[test]
    fn slow_jobs_are_not_hoarded_even_when_they_end_together() {
        let state: State<u32> = State::new(8, 1_000);
        let ms = Duration::from_millis;
        assert_eq!(state.next_prefetch(8, ms(300), ms(21)), 1);
        assert_eq!(state.next_prefetch(0, ms(0), ms(500)), 0);
        assert_eq!(state.next_prefetch(100, ms(1), ms(20)), 64, "grows in steps");
    }

    #[test]
    fn nothing_is_claimed_while_too_many_results_wait() {
        let mut state = State::new(UNACKED_MAX + 1, 0);
        assert_eq!(state.begin_claim(), Some(UNACKED_MAX + 1));
        state.claimed((0..=UNACKED_MAX).collect(), Duration::ZERO);
        assert_eq!(state.give_back().len(), UNACKED_MAX + 1);
        assert!(!state.wants());
        state.acked(&Outcome::Done);
        assert!(!state.wants(), "nothing more is known to be there");
        state.hint();
        assert!(state.wants());
    }

    /// What may happen to a queue, in any order. Numbers choose among what is there.
    #[derive(Debug, Clone)]
    enum Step {
        Hint,
        /// A claim that brings up to so many, so long after the last one.
        Claim(usize, u64),
        Take,
        End(usize, u64),
        TakeNext(usize, u64),
        Ack(usize, usize),
        GiveBack,
        HoldBack,
        TryHeldBack,
        TakeTally,
        FailTally,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            2 => Just(Step::Hint),
            4 => (0..40_usize, 0..60_u64).prop_map(|(brings, ms)| Step::Claim(brings, ms)),
            8 => Just(Step::Take),
            4 => (any::<usize>(), 0..20_u64).prop_map(|(which, ms)| Step::End(which, ms)),
            4 => (any::<usize>(), 0..20_u64).prop_map(|(which, ms)| Step::TakeNext(which, ms)),
            8 => (any::<usize>(), 0..ACKED.len()).prop_map(|(which, how)| Step::Ack(which, how)),
            1 => Just(Step::GiveBack),
            1 => Just(Step::HoldBack),
            1 => Just(Step::TryHeldBack),
            1 => Just(Step::TakeTally),
            1 => Just(Step::FailTally),
        ]
    }

    /// Every job that was ever claimed, in the place where it is.
    #[derive(Debug, Default)]
    struct Model {
        claimed: usize,
        fetched: VecDeque<usize>,
        running: Vec<usize>,
        unwritten: Vec<usize>,
        written: Vec<usize>,
        tally: Tally,
        recorded: Tally,
    }

    /// The element that `which` chooses, taken out.
    fn choose(from: &mut Vec<usize>, which: usize) -> Option<usize> {
        (!from.is_empty()).then(|| from.swap_remove(which % from.len()))
    }

    impl Model {
        fn step(&mut self, state: &mut State<usize>, step: Step) {
            match step {
                Step::Hint => state.hint(),
                Step::Claim(brings, ms) => {
                    let Some(room) = state.begin_claim() else { return };
                    let jobs = self.claimed..self.claimed + brings.min(room);
                    self.claimed = jobs.end;
                    self.fetched.extend(jobs.clone());
                    assert_eq!(state.claimed(jobs.collect(), Duration::from_millis(ms)), ms >= 5);
                }
                Step::Take => {
                    let free = self.running.len() < state.slots;
                    let first = if free { self.fetched.pop_front() } else { None };
                    assert_eq!(state.take(), first);
                    self.running.extend(first);
                }
                Step::End(which, ms) => {
                    let Some(job) = choose(&mut self.running, which) else { return };
                    state.ended(Duration::from_millis(ms));
                    self.unwritten.push(job);
                }
                Step::TakeNext(which, ms) => {
                    let Some(job) = choose(&mut self.running, which) else { return };
                    self.unwritten.push(job);
                    let first = self.fetched.pop_front();
                    assert_eq!(state.take_next(Duration::from_millis(ms)), first);
                    self.running.extend(first);
                }
                Step::Ack(which, how) => {
                    let Some(job) = choose(&mut self.unwritten, which) else { return };
                    state.acked(&ACKED[how]);
                    self.written.push(job);
                    self.tally.done += usize::from(how == 0);
                    self.tally.failed += usize::from(how == 2);
                }
                Step::GiveBack => {
                    assert_eq!(state.give_back(), self.fetched);
                    self.unwritten.extend(self.fetched.drain(..));
                }
                Step::HoldBack => state.hold_back(),
                Step::TryHeldBack => state.try_held_back(),
                Step::TakeTally => {
                    let tally = state.take_tally();
                    self.recorded.done += tally.done;
                    self.recorded.failed += tally.failed;
                }
                Step::FailTally => {
                    let tally = state.take_tally();
                    state.put_back(tally);
                }
            }
        }

        /// What holds at every moment.
        fn check(&self, state: &State<usize>) {
            assert!(state.running() <= state.slots, "never more than the limit");
            assert_eq!(state.running(), self.running.len());
            assert_eq!(state.fetched, self.fetched);
            let [fetched, running] = [self.fetched.len(), self.running.len()];
            assert_eq!(state.unacked, fetched + running + self.unwritten.len());
            assert!(fetched + running <= state.slots + state.prefetch_max, "nothing is hoarded");
            let mut all: Vec<usize> = self.fetched.iter().copied().collect();
            all.extend(self.running.iter().chain(&self.unwritten).chain(&self.written));
            all.sort_unstable();
            assert!(all.into_iter().eq(0..self.claimed), "each job is in one place");
            assert_eq!(state.is_quiet(), fetched + running == 0);
            assert_eq!(state.is_settled(), state.is_quiet() && self.unwritten.is_empty());
            assert_eq!(state.can_take(), fetched > 0 && running < state.slots);
            assert_eq!(state.tally.done + self.recorded.done, self.tally.done);
            assert_eq!(state.tally.failed + self.recorded.failed, self.tally.failed);
        }
    }

    proptest! {
        #[test]
        fn no_order_of_steps_loses_a_job_or_hands_it_out_twice(
            slots in 1..6_usize,
            prefetch_max in 0..30_usize,
            steps in vec(step(), 0..300),
        ) {
            let (mut state, mut model) = (State::new(slots, prefetch_max), Model::default());
            for step in steps {
                let wanted_because = (state.maybe_more, state.held_back);
                model.step(&mut state, step.clone());
                model.check(&state);
                // What was hinted stays known until a claim answers it.
                if wanted_because.0 && !matches!(step, Step::Claim(..)) {
                    prop_assert!(state.maybe_more);
                }
                // What was held back is tried again, or still known to be held back.
                if wanted_because.1 {
                    prop_assert!(state.held_back || state.maybe_more);
                }
            }
            // And it can always come to an end.
            state.hint();
            while !state.is_settled() {
                model.step(&mut state, Step::Take);
                model.step(&mut state, Step::End(0, 1));
                model.step(&mut state, Step::Ack(0, 0));
                model.check(&state);
            }
            prop_assert!(state.wants(), "and then it goes on");
        }
    }
}
