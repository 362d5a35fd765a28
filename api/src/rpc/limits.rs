//! How much a call may take: bytes, depth, values and time.

use super::{
    catalog::Known,
    error::{Error, Fault, Result},
};
use document::limits::Limits as TreeLimits;
use platform::config::Config;
use std::time::Duration;
use tokio::time::Instant;

/// The limits of one call.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the whole body. Uploads go to disk and may be larger than what is read into memory.
    pub body_bytes: u64,
    /// What is read into memory as a tree: form, JSON, transit.
    pub tree: TreeLimits,
    deadline: Instant,
    time: Duration,
}

impl Limits {
    /// The limits of a method; its clock starts now.
    pub fn of(config: &Config, known: &Known) -> Limits {
        let whole = config.http.body_bytes_max;
        let tree_bytes = usize::try_from(whole).unwrap_or(usize::MAX).min(TreeLimits::REQUEST.bytes_max);
        let time = config.http.request_timeout;
        Limits {
            body_bytes: if known.multipart { whole } else { tree_bytes as u64 },
            tree: TreeLimits { bytes_max: tree_bytes, ..TreeLimits::REQUEST },
            deadline: Instant::now() + time,
            time,
        }
    }

    /// Gives the work the time that is left of this call's.
    ///
    /// # Errors
    /// `request-timeout` when the time is up; the work is dropped then, and its transaction rolled back.
    pub async fn in_time<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::time::timeout_at(self.deadline, work).await.unwrap_or_else(|_| {
            let hint = format!("no answer within {} s", self.time.as_secs_f64());
            Err(Error::new(Fault::TimedOut, "request-timeout").hint(hint))
        })
    }
}
