//! Waiting for a database that is started again, where trying once more cannot do anything twice.

use super::error::Error;
use std::time::{Duration, Instant};

/// How long one step of a call waits for the database at most; then it is 503.
const WAIT_MAX: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(200);

/// One step of a call that waits.
pub struct Patience(Instant);

impl Patience {
    /// From now on.
    pub fn begin() -> Patience {
        Patience(Instant::now())
    }

    /// Whether to try again, after a pause that has passed then: the database is away, and there is time left.
    pub async fn lasts(&self, lost: &Error) -> bool {
        if !lost.is_away() || self.0.elapsed() >= WAIT_MAX {
            return false;
        }
        tracing::debug!(reason = %lost.chain(), "the database is away: trying again");
        tokio::time::sleep(PAUSE).await;
        true
    }
}
