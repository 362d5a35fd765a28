//! A file becomes what it was.

use super::find::of_file;
use super::hold::hold;
use super::insert::{New, insert};
use crate::deletion;
use crate::error::{Error, Result};
use crate::event::Event;
use crate::file::parts::history;
use crate::follow_up::FollowUps;
use crate::permission::Editable;
use chrono::{DateTime, Utc};
use document::file::VERSION;
use entities::file;
use entities::file_snapshot::Creator;
use entities::ids::{FileId, SnapshotId};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{ActiveModelTrait, ConnectionTrait, Set};
use uuid::Uuid;

/// A file that became what it was.
#[derive(Clone, Debug)]
pub struct Restored {
    /// Its revision now: a new one.
    pub revn: i64,
    /// Its version mark now: a new one, so that nobody goes on with what was before.
    pub vern: i32,
    /// Its name.
    pub name: String,
    /// What the snapshot is called.
    pub label: String,
    /// Those who have the file open hear of it.
    pub follow_ups: FollowUps,
}

/// Makes the document of a file what a snapshot shows, after a snapshot of what it is now. What others send meanwhile
/// comes before or after, never in between. `session` is what the caller's client calls its session.
///
/// # Errors
/// `snapshot-not-found`, `file-version-not-supported`; [`Error::NotFound`] when the file was deleted meanwhile.
pub async fn restore(
    app: &App,
    tx: &Tx,
    held: &Editable<file::Model>,
    id: SnapshotId,
    session: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Restored> {
    let current = hold(app, tx, held.id).await?;
    // Under the lock: what a snapshot shows goes after its row, and that goes under the lock.
    let snapshot = of_file(tx, held.id, id, now).await?;
    if snapshot.version > VERSION {
        let hint = "the snapshot was made by a newer server";
        return Err(Error::restriction("file-version-not-supported").hint(hint));
    }
    let backup = New {
        label: New::label(now),
        creator: Creator::System,
        by: held.caller(),
        deleted_at: Some(deletion::due(now, app.config.limits.deletion_delay)),
    };
    insert(tx, held.id, backup, now).await?;
    let (revn, vern) = (current.revn + 1, another(current.vern));
    history::bring_back(tx, held.id, snapshot.revn, revn).await?;
    let restored = file::ActiveModel {
        id: Set(held.id),
        revn: Set(revn),
        vern: Set(vern),
        version: Set(snapshot.version),
        features: Set(snapshot.features),
        migrations: Set(snapshot.migrations),
        modified_at: Set(snapshot.modified_at),
        has_media_trimmed: Set(false),
        ..Default::default()
    };
    restored.update(tx).await?;
    forget_thumbnails(tx, held.id, now).await?;
    let follow_ups = FollowUps::default().event(Event::file_restored(held.id, session, vern));
    Ok(Restored { revn, vern, name: current.name, label: snapshot.label, follow_ups })
}

/// A version mark that nobody can know: a number from 1 on.
fn another(than: i32) -> i32 {
    let random = platform::ids::random_id().as_u128() % u128::from(i32::MAX.unsigned_abs());
    match i32::try_from(random).unwrap_or(0).max(1) {
        mark if mark == than => than % (i32::MAX - 1) + 1,
        mark => mark,
    }
}

/// They show what was before.
async fn forget_thumbnails(tx: &Tx, file: FileId, now: DateTime<Utc>) -> Result<()> {
    for thumbnails in [OF_FILE, OF_FRAMES] {
        tx.execute_raw(sql(thumbnails, [file.0.into(), now.into()])).await?;
    }
    Ok(())
}

const OF_FILE: &str = "UPDATE file_thumbnail SET deleted_at = $2 WHERE file_id = $1 AND deleted_at IS NULL";

const OF_FRAMES: &str = "
    UPDATE file_tagged_object_thumbnail SET deleted_at = $2 WHERE file_id = $1 AND deleted_at IS NULL";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_another_one_and_positive() {
        for than in [0, 1, 7, i32::MAX - 1, i32::MAX] {
            let marks: Vec<i32> = (0..50).map(|_| another(than)).collect();
            assert!(
                marks.iter().all(|mark| *mark != than && (1..i32::MAX).contains(mark)),
                "{than}: {marks:?}"
            );
        }
    }
}
