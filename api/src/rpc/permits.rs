//! How many calls run side by side, and the waiting. Each method names the permits that it needs.
//!
//! A call takes its permits from the narrowest to the widest, so that calls that wait for a narrow one keep no others
//! from running. They hold while the call runs; reading the body needs none.
//!
//! Of what is for the whole process nobody gets more than is left: whoever holds some of it gets another one only while
//! more than those are free. Whoever holds fewer may pass them, however long they wait.

use super::error::{Error, Fault, Result, RetryAfter};
use entities::ids::ProfileId;
use platform::{app::App, metrics::names};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

/// Whose calls are counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// All of the process.
    Process,
    /// Those of each person who is signed in; others have none.
    Person,
    /// All of those who are not signed in; others have none.
    Strangers,
}

/// How many calls may run side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConcurrencyLimit {
    /// Its name in metrics.
    pub id: &'static str,
    /// Whose.
    pub of: Of,
    /// Calls that run.
    pub permits: usize,
    /// Calls that wait; more are refused at once.
    pub queue: usize,
    /// How long one waits; then it is refused.
    pub wait_max: Duration,
}

impl ConcurrencyLimit {
    /// One for the whole process.
    pub const fn global(id: &'static str, permits: usize, queue: usize, wait_s: u64) -> Self {
        Self { id, of: Of::Process, permits, queue, wait_max: Duration::from_secs(wait_s) }
    }

    /// One for each profile.
    pub const fn by_profile(id: &'static str, permits: usize, queue: usize, wait_s: u64) -> Self {
        Self { id, of: Of::Person, permits, queue, wait_max: Duration::from_secs(wait_s) }
    }

    /// One for all who are not signed in: nobody can tell them apart, so that together they get no more than is left.
    pub const fn strangers(id: &'static str, permits: usize, queue: usize, wait_s: u64) -> Self {
        Self { id, of: Of::Strangers, permits, queue, wait_max: Duration::from_secs(wait_s) }
    }
}

/// For every call, the widest last.
#[rustfmt::skip]
pub const EVERY_CALL: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("root/by-profile", 10, 100, 30),
    ConcurrencyLimit::global("root/global",         40, 1_000, 30),
];

/// For every answer that is sent while it is made, from the end of its call on.
#[rustfmt::skip]
pub const EVERY_STREAM: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("stream/by-profile", 10, 100, 30),
    ConcurrencyLimit::global("stream/global",        100, 1_000, 30),
];

/// For methods that hash a password.
pub const PASSWORDS: &[ConcurrencyLimit] = &[ConcurrencyLimit::global("auth/global", 8, 100, 30)];

/// For methods that decode pictures.
#[rustfmt::skip]
pub const PICTURES: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("process-image/by-profile", 1, 20, 60),
    ConcurrencyLimit::global("process-image/global",         8, 100, 60),
];

/// For methods that convert fonts, or pack them.
#[rustfmt::skip]
pub const FONTS: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("process-font/by-profile", 1, 20, 60),
    ConcurrencyLimit::global("process-font/global",         4, 100, 60),
];

/// For methods that take thumbnails, which clients draw after each change, or take them away.
#[rustfmt::skip]
pub const THUMBNAILS: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("file-thumbnail-ops/by-profile", 2, 100, 60),
    ConcurrencyLimit::global("file-thumbnail-ops/global",        20, 1_000, 60),
];

/// For methods that answer with a document. Each keeps a connection to the database until its reader has all of it.
#[rustfmt::skip]
pub const DOCUMENTS: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("document/by-profile", 6, 100, 30),
    ConcurrencyLimit::global("document/global",        20, 1_000, 30),
];

/// The same where it needs no login: whoever has a link must not keep members from their files.
#[rustfmt::skip]
pub const VIEWS: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("document/by-profile", 6, 100, 30),
    ConcurrencyLimit::strangers("document/strangers",   8, 200, 30),
    ConcurrencyLimit::global("document/global",        20, 1_000, 30),
];

/// For `create-file-snapshot`.
#[rustfmt::skip]
pub const SNAPSHOTS: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("create-file-snapshot/by-profile", 1, 2, 60),
    ConcurrencyLimit::global("create-file-snapshot/global",         3, 100, 60),
];

/// For `restore-file-snapshot`, which may write a whole document.
#[rustfmt::skip]
pub const RESTORES: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("restore-file-snapshot/by-profile", 1, 2, 60),
    ConcurrencyLimit::global("restore-file-snapshot/global",         3, 100, 60),
];

/// For methods that copy whole documents.
#[rustfmt::skip]
pub const COPIES: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("duplicate/by-profile", 2, 100, 60),
    ConcurrencyLimit::global("duplicate/global",         6, 200, 60),
];

/// For `update-file`. Those who wait for each other's changes of one file each keep a connection to the database.
#[rustfmt::skip]
pub const UPDATES: &[ConcurrencyLimit] = &[
    ConcurrencyLimit::by_profile("update-file/by-profile", 4, 100, 30),
    ConcurrencyLimit::global("update-file/global",        20, 1_000, 30),
];

type Key = (&'static str, Option<ProfileId>);

/// The permits of this process. Cheap to clone; clones share everything.
#[derive(Clone, Default)]
pub struct Permits {
    /// Only those that somebody holds or waits for: an idle one is like a new one.
    open: Arc<Mutex<HashMap<Key, Open>>>,
}

struct Open {
    permits: usize,
    free: usize,
    /// How many each person holds, where they are for everybody.
    held: HashMap<ProfileId, usize>,
    queue: VecDeque<Place>,
    next: u64,
}

/// Where a call waits for a permit.
struct Place {
    number: u64,
    person: Option<ProfileId>,
    granted: oneshot::Sender<()>,
}

/// A call that runs or waits at one limit; counted until it is dropped.
struct Waiter {
    permits: Permits,
    key: Key,
    person: Option<ProfileId>,
    number: u64,
    runs: bool,
}

/// Permits that are held, given back when dropped.
#[derive(Default)]
pub struct HeldPermits(#[expect(dead_code, reason = "held for its drop")] Vec<Waiter>);

impl Permits {
    /// Waits for the permits of these limits, in their order.
    ///
    /// # Errors
    /// `concurrency-limit` when too many wait already, or when it took too long.
    pub async fn acquire(
        &self,
        app: &App,
        limits: impl Iterator<Item = &ConcurrencyLimit>,
        profile: Option<ProfileId>,
    ) -> Result<HeldPermits> {
        if !app.config.flags.has("rpc-climit") {
            return Ok(HeldPermits(vec![]));
        }
        let mut held = Vec::with_capacity(EVERY_CALL.len());
        for limit in limits {
            match limit.of {
                Of::Person if profile.is_none() => continue,
                Of::Strangers if profile.is_some() => continue,
                _ => held.push(self.take(limit, profile).await?),
            }
        }
        Ok(HeldPermits(held))
    }

    async fn take(&self, limit: &ConcurrencyLimit, profile: Option<ProfileId>) -> Result<Waiter> {
        let (mut waiter, granted) = self.enter(limit, profile)?;
        let started = Instant::now();
        let granted = tokio::time::timeout(limit.wait_max, granted).await;
        metrics::histogram!(names::CLIMIT_TIMING, "name" => limit.id)
            .record(started.elapsed().as_secs_f64() * 1000.0);
        // The other end is kept until it is used, so only the time can be up.
        let Ok(Ok(())) = granted else { return Err(refused(limit)) };
        metrics::gauge!(names::CLIMIT_QUEUE, "name" => limit.id).decrement(1.0);
        metrics::gauge!(names::CLIMIT_PERMITS, "name" => limit.id).increment(1.0);
        waiter.runs = true;
        Ok(waiter)
    }

    /// One more among those that run or wait.
    fn enter(
        &self,
        limit: &ConcurrencyLimit,
        profile: Option<ProfileId>,
    ) -> Result<(Waiter, oneshot::Receiver<()>)> {
        let key = (limit.id, profile.filter(|_| limit.of == Of::Person));
        let person = profile.filter(|_| limit.of != Of::Person);
        let mut open = self.open();
        let at = open.entry(key).or_insert_with(|| Open::new(limit.permits));
        if at.queue.len() >= limit.queue + at.free {
            return Err(refused(limit));
        }
        let (number, (granted, grant)) = (at.next, oneshot::channel());
        at.next += 1;
        at.queue.push_back(Place { number, person, granted });
        metrics::gauge!(names::CLIMIT_QUEUE, "name" => limit.id).increment(1.0);
        at.grant();
        Ok((Waiter { permits: self.clone(), key, person, number, runs: false }, grant))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Key, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn new(permits: usize) -> Open {
        Open { permits, free: permits, held: HashMap::new(), queue: VecDeque::new(), next: 0 }
    }

    fn may_have(&self, person: Option<ProfileId>) -> bool {
        let held = person.and_then(|person| self.held.get(&person)).copied().unwrap_or(0);
        self.free > held
    }

    /// Gives what is free to those who may have it, in their order.
    fn grant(&mut self) {
        while let Some(at) = self.queue.iter().position(|place| self.may_have(place.person)) {
            let Some(Place { person, granted, .. }) = self.queue.remove(at) else { return };
            self.free -= 1;
            if let Some(person) = person {
                *self.held.entry(person).or_default() += 1;
            }
            // Whoever does not wait any more gives it back.
            let _ = granted.send(());
        }
    }

    /// Nobody waits in this place any more, or what was given to it comes back.
    fn leave(&mut self, number: u64, person: Option<ProfileId>) {
        if let Some(at) = self.queue.iter().position(|place| place.number == number) {
            self.queue.remove(at);
            return;
        }
        self.free += 1;
        if let Some(held) = person.and_then(|person| self.held.get_mut(&person)) {
            *held -= 1;
        }
        self.held.retain(|_, held| *held > 0);
        self.grant();
    }

    fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.free == self.permits
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        // Also when its caller went away while it waited.
        let counted = if self.runs { names::CLIMIT_PERMITS } else { names::CLIMIT_QUEUE };
        metrics::gauge!(counted, "name" => self.key.0).decrement(1.0);
        let mut open = self.permits.open();
        if let Some(at) = open.get_mut(&self.key) {
            at.leave(self.number, self.person);
            if at.is_idle() {
                open.remove(&self.key);
            }
        }
    }
}

fn refused(limit: &ConcurrencyLimit) -> Error {
    let hint = format!("too many calls run side by side ({})", limit.id);
    let wait = RetryAfter { seconds: 1, remaining: String::new(), reset: String::new() };
    Error::new(Fault::Busy, "concurrency-limit").hint(hint).retry_after(wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: ConcurrencyLimit = ConcurrencyLimit {
        wait_max: Duration::from_millis(20),
        ..ConcurrencyLimit::by_profile("narrow", 1, 1, 1)
    };

    fn person(n: u128) -> Option<ProfileId> {
        Some(ProfileId(uuid::Uuid::from_u128(n)))
    }

    #[tokio::test]
    async fn runs_waits_and_refuses() {
        let permits = Permits::default();
        let first = permits.take(&NARROW, person(1)).await.expect("runs");
        let (waiting, more) =
            tokio::join!(permits.take(&NARROW, person(1)), permits.take(&NARROW, person(1)));
        let refused = [waiting, more].map(|waiter| waiter.err().expect("refused").code());
        assert_eq!(refused, ["concurrency-limit"; 2], "one because its time was up, one at once");
        permits.take(&NARROW, person(2)).await.map(drop).expect("others are not in the way");
        drop(first);
        permits.take(&NARROW, person(1)).await.map(drop).expect("runs");
        assert!(permits.open().is_empty(), "nothing is kept for those who are gone");
    }

    #[tokio::test]
    async fn who_gives_up_waiting_leaves_the_queue() {
        let permits = Permits::default();
        let first = permits.take(&NARROW, person(1)).await.expect("runs");
        let brief = Duration::from_millis(1);
        assert!(tokio::time::timeout(brief, permits.take(&NARROW, person(1))).await.is_err());
        let patient = ConcurrencyLimit { wait_max: Duration::from_secs(60), ..NARROW };
        let next = permits.take(&patient, person(1));
        let (next, ()) = tokio::join!(next, async { drop(first) });
        next.map(drop).expect("there was room to wait");
    }

    #[tokio::test]
    async fn nobody_takes_all_that_is_for_everybody() {
        const WIDE: ConcurrencyLimit = ConcurrencyLimit {
            wait_max: Duration::from_millis(20),
            ..ConcurrencyLimit::global("wide", 4, 9, 1)
        };
        let (permits, mut held) = (Permits::default(), vec![]);
        for (who, gets) in [(1, 2), (2, 1)] {
            while let Ok(waiter) = permits.take(&WIDE, person(who)).await {
                held.push(waiter);
            }
            assert_eq!(held.iter().filter(|waiter| waiter.person == person(who)).count(), gets);
        }
        let patient = ConcurrencyLimit { wait_max: Duration::from_secs(60), ..WIDE };
        let greedy = permits.take(&patient, person(1));
        let (greedy, third) = tokio::join!(greedy, async {
            let third = permits.take(&WIDE, person(3)).await;
            held.clear();
            third
        });
        assert!(third.is_ok() && greedy.is_ok(), "others pass who waits for more, and gets it later");
        drop((third, greedy));
        assert!(permits.open().is_empty());
    }
}
