//! How much a call may take: bytes, depth, values and time.

use super::{
    catalog::CompiledMethod,
    error::{Error, Fault, Result},
    method::Access,
};
use platform::config::Config;
use std::time::Duration;
use tokio::time::Instant;
use transit::limits::Limits as TreeLimits;

/// What somebody may send who is nobody yet: a few fields, one of them a token.
pub const ANONYMOUS: TreeLimits = TreeLimits { bytes_max: 64 << 10, depth_max: 16, values_max: 1_000 };
/// A body that is read into memory comes within this time; uploads have the whole of the call's.
const READ_MAX: Duration = Duration::from_secs(30);
/// Of an upload something comes within this time.
const PIECE_WAIT_MAX: Duration = Duration::from_secs(30);

/// The limits of one call.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the whole body. Uploads go to disk and may be larger than what is read into memory.
    pub body_bytes: u64,
    /// Bytes of one uploaded file.
    pub file_bytes: u64,
    /// What is read into memory as a tree: form, JSON, transit.
    pub tree: TreeLimits,
    /// How long one waits for the next bytes of a form.
    pub piece_wait: Duration,
    read_by: Instant,
    deadline: Instant,
    time: Duration,
}

impl Limits {
    /// The limits of a method; its clock starts now.
    pub fn of(config: &Config, method: &CompiledMethod) -> Limits {
        let whole = config.http.body_bytes_max;
        let tree = if method.entry.access == Access::Public { ANONYMOUS } else { TreeLimits::REQUEST };
        let tree_bytes = usize::try_from(whole).unwrap_or(usize::MAX).min(tree.bytes_max);
        let (time, now) = (config.http.request_timeout, Instant::now());
        Limits {
            body_bytes: if method.multipart { whole } else { tree_bytes as u64 },
            file_bytes: match method.entry.access {
                // Exports of many boards are large; they come from a server of ours.
                Access::Exporter => whole,
                Access::Public | Access::Profile => {
                    config.limits.media_bytes_max.max(config.limits.font_bytes_max)
                }
            },
            tree: TreeLimits { bytes_max: tree_bytes, ..tree },
            piece_wait: PIECE_WAIT_MAX,
            read_by: now + if method.multipart { time } else { time.min(READ_MAX) },
            deadline: now + time,
            time,
        }
    }

    /// Gives reading the body the time that it may take.
    ///
    /// # Errors
    /// `request-timeout` when the time is up.
    pub async fn in_reading_time<T>(&self, read: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::time::timeout_at(self.read_by, read).await.unwrap_or_else(|_| {
            Err(Error::new(Fault::TimedOut, "request-timeout").hint("the body did not come in time"))
        })
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
