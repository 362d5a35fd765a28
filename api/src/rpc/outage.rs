//! Waiting for a database that is started again, where trying once more cannot do anything twice.

use super::error::{Error, Fault};
use std::time::{Duration, Instant};

/// After so long a step of a call does not try again, so that it waits 30 s at most with its last try; then it is 503.
const WAIT_MAX: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(200);

/// How long one step of a call goes on trying.
pub struct DbOutageRetry(Instant);

impl DbOutageRetry {
    /// From now on.
    pub fn begin() -> DbOutageRetry {
        DbOutageRetry(Instant::now())
    }

    /// Whether to try again, after a pause that has passed then: the database is unavailable, and there is time left.
    pub async fn again(&self, lost: &Error) -> bool {
        if !lost.is_unavailable() || self.0.elapsed() >= WAIT_MAX {
            return false;
        }
        tracing::debug!(reason = %lost.chain(), "the database is unavailable: trying again");
        tokio::time::sleep(PAUSE).await;
        true
    }
}

impl Error {
    /// Says that the database was unavailable, when that is the reason: 503 instead of 500, with when to try again.
    #[must_use]
    pub fn or_unavailable(self) -> Self {
        if self.fault() == Fault::Internal && self.is_unavailable() {
            self.unavailable("database-unavailable", "The database does not answer; nothing was changed.")
        } else {
            self
        }
    }

    /// Says that the commit was sent and never answered, when that is the reason: nobody may simply send it again.
    #[must_use]
    pub fn or_in_doubt(self) -> Self {
        if self.is_unavailable() {
            let hint = "The database went away at the end: it may have been done. Look before you try again.";
            self.unavailable("outcome-unknown", hint)
        } else {
            self
        }
    }
}
