//! Snapshots that the server makes before changes.

use std::time::Duration;

use super::variables::Variables;

/// When one is made, with the flag `auto-file-snapshot`. It is kept for `PENPOT_DELETION_DELAY`.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotsConfig {
    /// `PENPOT_AUTO_FILE_SNAPSHOT_EVERY`: before each change of a revision that this number divides. Default 5.
    pub every: u32,
    /// `PENPOT_AUTO_FILE_SNAPSHOT_TIMEOUT`: and before a change that comes so long after the last one. Default 3 hours.
    pub timeout: Duration,
}

const EVERY: u32 = 5;
const TIMEOUT: Duration = Duration::from_secs(3 * 3600);

impl SnapshotsConfig {
    pub(super) fn read(vars: &mut Variables) -> SnapshotsConfig {
        SnapshotsConfig {
            every: vars
                .var(
                    "PENPOT_AUTO_FILE_SNAPSHOT_EVERY",
                    "A snapshot of a file is made each time after so many changes, with the flag auto-file-snapshot.",
                )
                .number(EVERY, 1..=1_000_000),
            timeout: vars
                .var(
                    "PENPOT_AUTO_FILE_SNAPSHOT_TIMEOUT",
                    "So long after its last change a file gets a snapshot before the next, with the flag \
                     auto-file-snapshot.",
                )
                .duration(TIMEOUT),
        }
    }
}
