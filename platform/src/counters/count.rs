//! What is counted: charges against a rate, and failures that make others wait.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::config::Rate;

/// Something to count against a rate.
#[derive(Clone, Debug)]
pub struct Charge {
    /// Whose and for what; at most a few hundred bytes.
    pub key: String,
    /// How often it may happen.
    pub rate: Rate,
}

/// Where a rate stands after a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Whether it may happen.
    pub allowed: bool,
    /// How many more times it may happen now.
    pub remaining: u64,
    /// When there is more.
    pub more_in: Duration,
}

/// How failures make later attempts wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slope {
    /// Failures that cost nothing.
    pub free: u32,
    /// The wait after the next one; it doubles with each.
    pub first: Duration,
    /// The longest wait.
    pub most: Duration,
    /// Failures are forgotten when none came for so long.
    pub memory: Duration,
}

/// A count of failures.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Whose; at most a few hundred bytes.
    pub key: String,
    /// What they cost.
    pub slope: Slope,
}

/// What becomes of a count of failures when an attempt did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgive {
    /// All its failures are forgotten.
    All,
    /// Only this attempt is taken back.
    This,
}

impl Slope {
    /// The wait after so many failures.
    pub(super) fn wait(&self, failures: u32) -> Duration {
        let Some(step) = failures.checked_sub(self.free.saturating_add(1)) else { return Duration::ZERO };
        self.first.saturating_mul(2_u32.saturating_pow(step)).min(self.most)
    }
}

/// When the window that `now` lies in began, and how long it still lasts; milliseconds.
pub(super) fn window(now: DateTime<Utc>, span: Duration) -> (i64, i64) {
    let (now, span) = (now.timestamp_millis(), millis(span).max(1));
    let begun = now - now.rem_euclid(span);
    (begun, begun + span - now)
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
