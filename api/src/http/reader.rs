//! Whose answer it is, for whoever sends it: what somebody leaves unread is counted together, on all their connections.

use entities::ids::ProfileId;

/// The person an answer is for; kept beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reader(
    /// Their profile.
    pub ProfileId,
);
