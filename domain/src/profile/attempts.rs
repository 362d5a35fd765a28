//! Guessing passwords is slow: each failure makes the next attempt at the account, and from the address, wait longer.
//!
//! An address that no account has is counted like any other, so that the waits tell nothing.

use super::clean_email;
use crate::error::{Error, ErrorKind, Result};
use chrono::{DateTime, Utc};
use platform::app::App;
use platform::counters::{Forgive, Slope, Tally};
use sha2::{Digest as _, Sha256};
use std::time::Duration;
use transit::value::Value;

/// Failures at one account.
const OF_ACCOUNT: Slope = Slope {
    free: 5,
    first: Duration::from_secs(1),
    most: Duration::from_secs(5 * 60),
    memory: Duration::from_secs(3600),
};
/// Failures from one address, which many people may share.
const OF_ADDRESS: Slope = Slope {
    free: 30,
    first: Duration::from_secs(1),
    most: Duration::from_secs(15 * 60),
    memory: Duration::from_secs(3600),
};

/// Where the wait is told in a refusal, whole seconds; an answer has it as `Retry-After`.
pub const RETRY_AFTER: &str = "retry-after";

/// An attempt under way. It counts as failed unless it is said to have been none, or to have succeeded.
#[derive(Debug)]
pub struct Attempt {
    account: String,
    place: Option<String>,
    counted: bool,
}

/// Begins an attempt at an account from a place, such as an IP address.
///
/// # Errors
/// `request-blocked` when there were too many failures: wait.
pub async fn begin(app: &App, email: &str, place: Option<&str>, now: DateTime<Utc>) -> Result<Attempt> {
    let flags = &app.config.flags;
    let attempt = Attempt {
        account: key_of(email),
        place: place.map(|place| format!("login-from.{place}")),
        counted: flags.has("rpc-rlimit"),
    };
    if !attempt.counted {
        return Ok(attempt);
    }
    let mut tallies = vec![Tally { key: attempt.account.clone(), slope: OF_ACCOUNT }];
    tallies.extend(attempt.place.clone().map(|key| Tally { key, slope: OF_ADDRESS }));
    let wait = app.counters.attempt(now, &tallies).await;
    if wait.is_zero() || flags.has("soft-rpc-rlimit") {
        return Ok(attempt);
    }
    let seconds = whole_seconds(wait);
    let error = Error::refused(ErrorKind::TooOften, "request-blocked").hint("too many attempts failed");
    Err(error.with(RETRY_AFTER, Value::Int(i64::try_from(seconds).unwrap_or(i64::MAX))))
}

/// Forgets the failures at an account: its password is another one now.
pub async fn forget(app: &App, email: &str) {
    app.counters.forgive(&[(key_of(email), Forgive::All)]).await;
}

/// Not the address itself: what is counted may be looked at by whoever runs Redis.
fn key_of(email: &str) -> String {
    format!("login.{}", hex::encode(Sha256::digest(clean_email(email))))
}

impl Attempt {
    /// It was the right password: earlier failures at the account are forgotten. Those from the place are not, or
    /// one's own account would be the way to go on guessing.
    pub async fn succeeded(self, app: &App) {
        self.end(app, Forgive::All).await;
    }

    /// It was no guess: the password was not looked at, or was not what was wrong.
    pub async fn was_none(self, app: &App) {
        self.end(app, Forgive::This).await;
    }

    async fn end(self, app: &App, account: Forgive) {
        if self.counted {
            let place = self.place.map(|key| (key, Forgive::This));
            let keys: Vec<_> = std::iter::once((self.account, account)).chain(place).collect();
            app.counters.forgive(&keys).await;
        }
    }
}

/// Seconds, rounded up; at least one.
pub fn whole_seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u64::MAX).max(1)
}
