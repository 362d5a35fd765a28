//! Room for what callers send, in memory or on disk: taken in steps as bytes arrive, so that one who says much and
//! sends little holds little, and within a share, so that nobody holds all.
//!
//! Whoever gets no step waits for a while. That cannot end in everybody waiting for each other: who holds something
//! waits only as long as somebody else who holds some of it does not; the last is refused, and what it gives back lets
//! the others go on.

use super::error::{Error, Fault, Result, RetryAfter};
use entities::ids::ProfileId;
use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

/// How long a call waits for a step.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// Nobody holds more than one part in so many.
const SHARES: u64 = 4;

/// How much there is, and how it is given out.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// What it is, for the refusal.
    pub of: &'static str,
    /// All that is given out at a time, bytes.
    pub all: u64,
    /// What one caller holds of it, on all their calls.
    pub by_caller: u64,
    /// What each call has without asking.
    pub free: u64,
    /// What is taken at a time.
    pub step: u64,
    /// How long one waits; then it is refused.
    pub wait_max: Duration,
}

impl Sizes {
    /// Memory for bodies until they have become params. Small ones need not ask.
    pub const BODIES: Sizes = {
        const ALL_BYTES_MAX: u64 = 256 << 20;
        Sizes {
            of: "body",
            all: ALL_BYTES_MAX,
            by_caller: ALL_BYTES_MAX / SHARES,
            free: 64 << 10,
            step: 256 << 10,
            wait_max: WAIT_MAX,
        }
    };

    /// Disk for uploads until their call has ended; somebody always has room for one file.
    pub fn uploads(file_bytes: u64) -> Sizes {
        const ALL_BYTES_MAX: u64 = 2 << 30;
        const STEP_BYTES: u64 = 1 << 20;
        let by_caller = (ALL_BYTES_MAX / SHARES).max(file_bytes.saturating_add(STEP_BYTES));
        let all = ALL_BYTES_MAX.max(by_caller.saturating_mul(SHARES));
        Sizes { of: "upload", all, by_caller, free: 0, step: STEP_BYTES, wait_max: WAIT_MAX }
    }
}

/// Room that is given out. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Budget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    sizes: Sizes,
    room: Mutex<Room>,
    given_back: Notify,
}

#[derive(Debug, Default)]
struct Room {
    all: Share,
    callers: HashMap<Option<ProfileId>, Share>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Share {
    bytes: u64,
    /// Those who hold something and do not wait for more: they end, or go on.
    going_on: usize,
}

/// What one call has, given back when dropped.
#[derive(Debug)]
pub struct Portion {
    budget: Budget,
    caller: Option<ProfileId>,
    needed: u64,
    taken: u64,
    is_waiting: bool,
}

/// What becomes of the wish for a step.
enum Turn {
    Taken,
    Waits,
    Refused,
}

impl Budget {
    /// All of it is there.
    pub fn new(sizes: Sizes) -> Budget {
        Budget(Arc::new(Inner { sizes, room: Mutex::default(), given_back: Notify::new() }))
    }

    /// For one call, which has nothing yet.
    pub fn portion(&self, caller: Option<ProfileId>) -> Portion {
        Portion { budget: self.clone(), caller, needed: 0, taken: 0, is_waiting: false }
    }

    fn room(&self) -> MutexGuard<'_, Room> {
        self.0.room.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Room {
    /// Both that a caller takes from.
    fn both(&mut self, caller: Option<ProfileId>) -> [&mut Share; 2] {
        [&mut self.all, self.callers.entry(caller).or_default()]
    }
}

impl Portion {
    /// Takes room for so many more bytes, which have come; waits for it.
    ///
    /// # Errors
    /// `concurrency-limit` when there is none in time.
    pub async fn grow(&mut self, bytes: usize) -> Result<()> {
        self.needed = self.needed.saturating_add(bytes as u64);
        let budget = self.budget.clone();
        let Sizes { free, step, wait_max, of, .. } = budget.0.sizes;
        let lacking = self.needed.saturating_sub(free).saturating_sub(self.taken);
        if lacking == 0 {
            return Ok(());
        }
        let (bytes, end) = (lacking.div_ceil(step) * step, Instant::now() + wait_max);
        loop {
            // Before looking, so that nothing is missed that is given back between.
            let mut given_back = pin!(budget.0.given_back.notified());
            given_back.as_mut().enable();
            match self.take(bytes) {
                Turn::Taken => return Ok(()),
                Turn::Refused => return Err(refused(of)),
                Turn::Waits => {}
            }
            let is_late = timeout_at(end, given_back).await.is_err();
            self.go_on();
            if is_late {
                return Err(refused(of));
            }
        }
    }

    fn take(&mut self, bytes: u64) -> Turn {
        let budget = self.budget.clone();
        let sizes = budget.0.sizes;
        let mut room = budget.room();
        let shares = room.both(self.caller);
        let limits = [sizes.all, sizes.by_caller];
        let mut full = shares.iter().zip(&limits).filter(|(share, limit)| share.bytes + bytes > **limit);
        let is_first = self.taken == 0;
        let Some(narrowest) = full.next_back().map(|(share, _)| share.going_on) else {
            for share in shares {
                share.bytes += bytes;
                share.going_on += usize::from(is_first);
            }
            self.taken += bytes;
            return Turn::Taken;
        };
        if is_first {
            return Turn::Waits;
        }
        // One of those is this call.
        if narrowest <= 1 {
            return Turn::Refused;
        }
        for share in shares {
            share.going_on -= 1;
        }
        self.is_waiting = true;
        Turn::Waits
    }

    fn go_on(&mut self) {
        if std::mem::take(&mut self.is_waiting) {
            for share in self.budget.clone().room().both(self.caller) {
                share.going_on += 1;
            }
        }
    }
}

impl Drop for Portion {
    fn drop(&mut self) {
        let mut room = self.budget.room();
        for share in room.both(self.caller) {
            share.bytes -= self.taken;
            share.going_on -= usize::from(self.taken > 0 && !self.is_waiting);
        }
        if room.callers.get(&self.caller).is_some_and(|share| share.bytes == 0) {
            room.callers.remove(&self.caller);
        }
        drop(room);
        if self.taken > 0 {
            self.budget.0.given_back.notify_waiters();
        }
    }
}

fn refused(of: &str) -> Error {
    let hint = format!("too much is being sent side by side ({of})");
    let wait = RetryAfter { seconds: 1, remaining: String::new(), reset: String::new() };
    Error::new(Fault::Busy, "concurrency-limit").hint(hint).retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIGHT: Sizes =
        Sizes { of: "test", all: 100, by_caller: 50, free: 5, step: 10, wait_max: Duration::from_secs(60) };
    const HASTY: Sizes = Sizes { wait_max: Duration::from_millis(20), ..TIGHT };

    fn person(n: u128) -> Option<ProfileId> {
        Some(ProfileId(uuid::Uuid::from_u128(n)))
    }

    async fn holding(budget: &Budget, caller: u128, bytes: usize) -> Portion {
        let mut portion = budget.portion(person(caller));
        portion.grow(bytes).await.expect("there is room");
        portion
    }

    fn left(budget: &Budget) -> (u64, usize, usize) {
        let room = budget.room();
        (room.all.bytes, room.all.going_on, room.callers.len())
    }

    #[tokio::test]
    async fn nobody_holds_all_and_what_arrived_counts() {
        let budget = Budget::new(HASTY);
        let mut ana = holding(&budget, 1, 45).await;
        assert_eq!(ana.taken, 40, "in steps, but for what is free");
        let mut other = budget.portion(person(1));
        other.grow(5).await.expect("is free");
        other.grow(10).await.expect("is within the share");
        let code = |grown: Result<()>| grown.map_err(|error| error.code());
        assert_eq!(code(other.grow(10).await), Err("concurrency-limit"), "one caller has a share");
        let bo = holding(&budget, 2, 50).await;
        assert_eq!(
            code(budget.portion(person(3)).grow(20).await),
            Err("concurrency-limit"),
            "all is given out"
        );
        drop(bo);
        ana.grow(0).await.expect("nothing more");
        drop((ana, other));
        assert_eq!(left(&budget), (0, 0, 0));
    }

    #[tokio::test]
    async fn those_who_hold_do_not_wait_for_each_other() {
        let budget = Budget::new(TIGHT);
        let (mut one, mut two) = (holding(&budget, 1, 25).await, holding(&budget, 1, 25).await);
        let (waited, refused) = tokio::join!(one.grow(20), async move { two.grow(20).await });
        assert!(waited.is_ok() && refused.is_err(), "of one person");
        drop(one);

        let (mut one, mut two) = (holding(&budget, 1, 25).await, holding(&budget, 2, 25).await);
        let mut last = holding(&budget, 3, 55).await;
        let (one, two, last) = tokio::join!(one.grow(20), two.grow(20), async move { last.grow(10).await });
        assert!(one.is_ok() && two.is_ok() && last.is_err(), "of all");
    }

    #[tokio::test]
    async fn who_stops_waiting_gives_back_what_it_had() {
        let budget = Budget::new(TIGHT);
        let first = holding(&budget, 1, 35).await;
        let mut second = holding(&budget, 1, 25).await;
        assert!(tokio::time::timeout(Duration::from_millis(1), second.grow(20)).await.is_err());
        drop((first, second));
        assert_eq!(left(&budget), (0, 0, 0));
    }
}
