//! How many calls run side by side: the whole list, and the waiting.
//!
//! A call takes its permits from the narrowest to the widest, so that calls that wait for a narrow one keep no others
//! from running. They hold while the call runs; reading the body needs none.

use super::error::{Error, Fault, Result, Waiting};
use entities::ids::ProfileId;
use platform::{app::App, metrics::names};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Calls that may run side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Its name in metrics.
    pub id: &'static str,
    /// Whether each profile has its own; strangers have none.
    pub by_profile: bool,
    /// Calls that run.
    pub permits: usize,
    /// Calls that wait; more are refused at once.
    pub queue: usize,
    /// How long one waits; then it is refused.
    pub wait_max: Duration,
}

/// For every call, the widest last.
#[rustfmt::skip]
pub const EVERY_CALL: &[Limit] = &[
    by_profile("root/by-profile", 10, 100, 30),
    global("root/global",         40, 1_000, 30),
];

const AUTH: &[Limit] = &[global("auth/global", 8, 100, 30)];
#[rustfmt::skip]
const IMAGE: &[Limit] = &[
    by_profile("process-image/by-profile", 1, 20, 60),
    global("process-image/global",         8, 100, 60),
];
const EVENTS: &[Limit] = &[by_profile("submit-audit-events/by-profile", 1, 3, 30)];

/// For single methods besides, the narrowest first.
#[rustfmt::skip]
pub const OF_METHODS: &[(&str, &[Limit])] = &[
    // Those that hash a password.
    ("login-with-password",                AUTH),
    ("prepare-register-profile",           AUTH),
    ("register-profile",                   AUTH),
    ("recover-profile",                    AUTH),
    ("create-demo-profile",                AUTH),
    ("update-profile-password",            AUTH),
    // Those that decode pictures.
    ("update-profile-photo",               IMAGE),
    ("update-team-photo",                  IMAGE),
    ("upload-file-media-object",           IMAGE),
    ("create-file-media-object-from-url",  IMAGE),
    ("assemble-file-media-object",         IMAGE),
    ("push-audit-events",                  EVENTS),
];

const fn global(id: &'static str, permits: usize, queue: usize, wait_s: u64) -> Limit {
    Limit { id, by_profile: false, permits, queue, wait_max: Duration::from_secs(wait_s) }
}

const fn by_profile(id: &'static str, permits: usize, queue: usize, wait_s: u64) -> Limit {
    Limit { id, by_profile: true, permits, queue, wait_max: Duration::from_secs(wait_s) }
}

type Key = (&'static str, Option<ProfileId>);

/// The permits of this process. Cheap to clone; clones share everything.
#[derive(Clone, Default)]
pub struct Permits {
    /// Only those that somebody holds or waits for: an idle one is like a new one.
    open: Arc<Mutex<HashMap<Key, Open>>>,
}

struct Open {
    semaphore: Arc<Semaphore>,
    /// Calls that hold a permit or wait for one.
    calls: usize,
}

/// A call's place at one limit, given back when dropped.
struct Place {
    permits: Permits,
    key: Key,
    permit: Option<OwnedSemaphorePermit>,
}

/// The permits of a call, given back when dropped.
pub struct Held(#[expect(dead_code, reason = "held for its drop")] Vec<Place>);

impl Permits {
    /// Waits for every permit that a call of this method needs.
    ///
    /// # Errors
    /// `concurrency-limit` when too many wait already, or when it took too long.
    pub async fn acquire(&self, app: &App, method: &str, profile: Option<ProfileId>) -> Result<Held> {
        if !app.config.flags.has("rpc-climit") {
            return Ok(Held(vec![]));
        }
        let own = OF_METHODS.iter().find(|(name, _)| *name == method).map_or(&[][..], |(_, limits)| *limits);
        let mut held = Vec::with_capacity(own.len() + EVERY_CALL.len());
        for limit in own.iter().chain(EVERY_CALL) {
            if limit.by_profile && profile.is_none() {
                continue;
            }
            held.push(self.take(limit, profile.filter(|_| limit.by_profile)).await?);
        }
        Ok(Held(held))
    }

    async fn take(&self, limit: &Limit, profile: Option<ProfileId>) -> Result<Place> {
        let (mut place, semaphore) = self.enter(limit, profile)?;
        let started = Instant::now();
        let acquired = tokio::time::timeout(limit.wait_max, semaphore.acquire_owned()).await;
        metrics::histogram!(names::CLIMIT_TIMING, "name" => limit.id)
            .record(started.elapsed().as_secs_f64() * 1000.0);
        // Never closed, so only the time can be up.
        let Ok(Ok(permit)) = acquired else { return Err(refused(limit)) };
        metrics::gauge!(names::CLIMIT_QUEUE, "name" => limit.id).decrement(1.0);
        metrics::gauge!(names::CLIMIT_PERMITS, "name" => limit.id).increment(1.0);
        place.permit = Some(permit);
        Ok(place)
    }

    /// A place among those that run or wait.
    fn enter(&self, limit: &Limit, profile: Option<ProfileId>) -> Result<(Place, Arc<Semaphore>)> {
        let key = (limit.id, profile);
        let mut open = self.open();
        let at = open
            .entry(key)
            .or_insert_with(|| Open { semaphore: Arc::new(Semaphore::new(limit.permits)), calls: 0 });
        if at.calls >= limit.permits + limit.queue {
            return Err(refused(limit));
        }
        at.calls += 1;
        metrics::gauge!(names::CLIMIT_QUEUE, "name" => limit.id).increment(1.0);
        let semaphore = Arc::clone(&at.semaphore);
        Ok((Place { permits: self.clone(), key, permit: None }, semaphore))
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Key, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Also when its caller went away while it waited.
        let counted = if self.permit.take().is_some() { names::CLIMIT_PERMITS } else { names::CLIMIT_QUEUE };
        metrics::gauge!(counted, "name" => self.key.0).decrement(1.0);
        let mut open = self.permits.open();
        if let Some(at) = open.get_mut(&self.key) {
            at.calls -= 1;
            if at.calls == 0 {
                open.remove(&self.key);
            }
        }
    }
}

fn refused(limit: &Limit) -> Error {
    let hint = format!("too many calls run side by side ({})", limit.id);
    let waiting = Waiting { seconds: 1, remaining: String::new(), reset: String::new() };
    Error::new(Fault::Busy, "concurrency-limit").hint(hint).waiting(waiting)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NARROW: Limit = Limit { wait_max: Duration::from_millis(20), ..by_profile("narrow", 1, 1, 1) };

    fn person(n: u128) -> Option<ProfileId> {
        Some(ProfileId(uuid::Uuid::from_u128(n)))
    }

    #[tokio::test]
    async fn runs_waits_and_refuses() {
        let permits = Permits::default();
        let first = permits.take(&NARROW, person(1)).await.expect("runs");
        let (waiting, more) =
            tokio::join!(permits.take(&NARROW, person(1)), permits.take(&NARROW, person(1)));
        let refused = [waiting, more].map(|place| place.err().expect("refused").code());
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
        let patient = Limit { wait_max: Duration::from_secs(60), ..NARROW };
        let next = permits.take(&patient, person(1));
        let (next, ()) = tokio::join!(next, async { drop(first) });
        next.map(drop).expect("there was room to wait");
    }
}
