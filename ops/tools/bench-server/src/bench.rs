//! What every part gets.

use std::path::PathBuf;

use sqlx::PgPool;

/// The servers, and how much is measured.
pub(crate) struct Bench {
    /// The server's own database, from which others are made.
    pub(crate) uri: String,
    pub(crate) pool: PgPool,
    /// The process whose children are the database's.
    pub(crate) postmaster: u32,
    pub(crate) atelier: PathBuf,
    /// Rounds, of which the median counts.
    pub(crate) rounds: usize,
    pub(crate) quick: bool,
}
