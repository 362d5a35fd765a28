//! What somebody sends.

use super::sent::Sent;
use crate::features::Features;
use uuid::Uuid;

/// A batch of changes, and what its sender knows.
#[derive(Debug)]
pub struct Batch {
    /// The session it comes from, as its client calls it: others in the file hear of it, that one does not.
    pub session: Uuid,
    /// The revision that the client knows; an older one than the file's is fine.
    pub revn: i64,
    /// The version mark that the client knows.
    pub vern: i64,
    /// Features that the client declares; none when it declares nothing.
    pub features: Option<Features>,
    /// What the client calls this batch, so that it is known again; none when it does not.
    pub commit: Option<Uuid>,
    /// The changes.
    pub sent: Sent,
}
