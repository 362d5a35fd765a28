//! Snapshots that the server makes before changes, with the flag `auto-file-snapshot`.

use super::insert::{New, insert};
use crate::deletion;
use crate::error::Result;
use chrono::{DateTime, TimeDelta, Utc};
use entities::file_snapshot::Creator;
use entities::ids::{FileId, ProfileId};
use platform::app::App;
use platform::config::Config;
use platform::db::Tx;

/// A file before a change.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    /// The file.
    pub file: FileId,
    /// Its revision.
    pub revn: i64,
    /// When it last changed.
    pub modified_at: DateTime<Utc>,
}

/// Makes a snapshot of a file, which the transaction holds and is about to change, when it is time for one: of each
/// revision that a number divides, and when the last change was long ago. Whether one was made: then the change has to
/// keep what is as old as this revision.
///
/// # Errors
/// Those of the database.
pub async fn before_change(
    app: &App,
    tx: &Tx,
    before: Before,
    by: ProfileId,
    now: DateTime<Utc>,
) -> Result<bool> {
    if !is_due(&app.config, before, now) {
        return Ok(false);
    }
    let label = format!("internal/snapshot/{}", before.revn);
    let deleted_at = Some(deletion::due(now, app.config.limits.deletion_delay));
    insert(tx, before.file, New { label, creator: Creator::System, by, deleted_at }, now).await?;
    Ok(true)
}

fn is_due(config: &Config, before: Before, now: DateTime<Utc>) -> bool {
    let rest = TimeDelta::from_std(config.snapshots.timeout).unwrap_or(TimeDelta::MAX);
    let divides = before.revn.checked_rem(i64::from(config.snapshots.every)) == Some(0);
    config.flags.has("auto-file-snapshot")
        && (divides || now.signed_duration_since(before.modified_at) > rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_time_each_time_after_so_many_changes_and_after_a_rest() {
        let config = |settings: &[(&str, &str)]| {
            let vars = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            Config::from_vars(vars).expect("settings")
        };
        let now = DateTime::UNIX_EPOCH;
        let flag = ("PENPOT_FLAGS", "enable-auto-file-snapshot");
        let due = |config: &Config, revn, hours| {
            let modified_at = now - TimeDelta::hours(hours);
            is_due(config, Before { file: FileId(uuid::Uuid::nil()), revn, modified_at }, now)
        };
        let usual = config(&[flag]);
        let made: Vec<i64> = (0..12).filter(|revn| due(&usual, *revn, 1)).collect();
        assert_eq!(made, [0, 5, 10]);
        assert_eq!([3, 4].map(|hours| due(&usual, 1, hours)), [false, true], "longer than three hours");
        let often = config(&[
            flag,
            ("PENPOT_AUTO_FILE_SNAPSHOT_EVERY", "1"),
            ("PENPOT_AUTO_FILE_SNAPSHOT_TIMEOUT", "30m"),
        ]);
        assert!((0..5).all(|revn| due(&often, revn, 0)));
        assert!(!due(&config(&[]), 5, 100), "only with the flag");
    }
}
