//! How often something happened lately, counted for all processes in Redis, or in this one.
//!
//! When Redis does not answer, this process counts alone for a while: nobody has to wait for it, and nobody is refused
//! because of it.

mod count;
mod local;
mod redis;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::bus::BusError;
use crate::metrics::names;
pub use count::{Charge, Forgive, Level, Slope, Tally};
use local::Local;
use redis::Remote;

/// How long Redis is left alone after it failed.
const PAUSE: Duration = Duration::from_secs(1);

/// Counts. Cheap to clone; clones share everything.
#[derive(Clone)]
pub struct Counters {
    inner: Arc<Inner>,
}

struct Inner {
    local: Local,
    remote: Option<Remote>,
    /// Redis is not asked before.
    paused_until: Mutex<Option<Instant>>,
}

impl Counters {
    /// Counts of this process alone.
    pub fn in_process() -> Counters {
        Counters::of(None)
    }

    /// Counts in the Redis at `uri`, apart from other tenants. Connects when first used. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`BusError::Address`].
    pub fn redis(uri: &str, tenant: &str) -> Result<Counters, BusError> {
        Ok(Counters::of(Some(Remote::open(uri, tenant)?)))
    }

    fn of(remote: Option<Remote>) -> Counters {
        let inner = Inner { local: Local::default(), remote, paused_until: Mutex::new(None) };
        Counters { inner: Arc::new(inner) }
    }

    /// Counts every charge, also those beside one that is not allowed; where each stands, in their order.
    pub async fn charge(&self, now: DateTime<Utc>, charges: &[Charge]) -> Vec<Level> {
        if charges.is_empty() {
            return vec![];
        }
        if let Some(remote) = self.remote()
            && let Some(levels) = self.answer(remote.charge(now, charges).await)
        {
            return levels;
        }
        self.inner.local.charge(now, charges)
    }

    /// Begins an attempt: counted as a failure until it is forgiven, so that attempts side by side are not free. How
    /// long to wait instead; then nothing is counted. Zero: go on.
    pub async fn attempt(&self, now: DateTime<Utc>, tallies: &[Tally]) -> Duration {
        if let Some(remote) = self.remote()
            && let Some(wait) = self.answer(remote.attempt(now, tallies).await)
        {
            return wait;
        }
        self.inner.local.attempt(now, tallies)
    }

    /// Takes an attempt back that did not fail.
    pub async fn forgive(&self, keys: &[(String, Forgive)]) {
        if let Some(remote) = self.remote() {
            self.answer(remote.forgive(keys).await);
        }
        // Here too: the attempt may have been counted while Redis was away.
        self.inner.local.forgive(keys);
    }

    fn remote(&self) -> Option<&Remote> {
        let remote = self.inner.remote.as_ref()?;
        let until = *self.inner.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.is_none_or(|until| until <= Instant::now()).then_some(remote)
    }

    fn answer<T>(&self, answer: Result<T, BusError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(error) => {
                metrics::counter!(names::LIMITS_FAILURES).increment(1);
                tracing::warn!(%error, "Redis does not count: this process counts alone");
                let until = Instant::now() + PAUSE;
                *self.inner.paused_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
