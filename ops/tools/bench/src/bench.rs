//! What every part gets.

use sqlx::PgPool;

/// The server, and how much is measured.
pub(crate) struct Bench {
    pub(crate) uri: String,
    pub(crate) pool: PgPool,
    /// Rounds, of which the median counts.
    pub(crate) rounds: usize,
    /// Jobs of one drain.
    pub(crate) jobs: usize,
    pub(crate) quick: bool,
}
