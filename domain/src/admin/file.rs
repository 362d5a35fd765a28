//! Files as operators see them: what is in one, who edits it, and what was done to it of late.

mod history;
mod show;

pub use history::{Applied, History, SnapshotRow, history};
pub use show::{Editor, LibraryCount, PageContents, Shown, show};

use chrono::{DateTime, TimeDelta, Utc};

/// So far back the log of changes is looked at.
const LATELY: TimeDelta = TimeDelta::hours(1);

/// The moment before which changes are not told any more.
fn lately(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_sub_signed(LATELY).unwrap_or(DateTime::<Utc>::MIN_UTC)
}
