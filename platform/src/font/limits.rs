//! What a font may cost.

use std::time::Duration;

/// What a font may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FontLimits {
    /// All of its tables together, unpacked, bytes.
    pub unpacked_bytes_max: u64,
    /// How many tables it has.
    pub tables_max: usize,
    /// How long its outlines may take to be turned into others.
    pub time_max: Duration,
}

/// Four times what may be uploaded by default, and less than what the reader of WOFF 2 gives up at.
const UNPACKED_BYTES_MAX: u64 = 120 * 1024 * 1024;
/// Fonts have thirty; those made for several systems, a few more.
const TABLES_MAX: usize = 256;
const TIME_MAX: Duration = Duration::from_secs(30);

impl Default for FontLimits {
    fn default() -> FontLimits {
        FontLimits { unpacked_bytes_max: UNPACKED_BYTES_MAX, tables_max: TABLES_MAX, time_max: TIME_MAX }
    }
}
