//! Looking at a snapshot.

use super::find::of_file;
use crate::error::Result;
use crate::features::Features;
use crate::file::{self, Opened};
use crate::permission::Viewable;
use chrono::{DateTime, Utc};
use entities::file::Model;
use entities::ids::SnapshotId;
use platform::app::App;
use sea_orm::ConnectionTrait;

/// Version marks of what is looked at are below.
const VERNS: u128 = 100_000;

/// A snapshot that may be read: its document by [`crate::file::parts::read::send_at`].
#[derive(Clone, Debug)]
pub struct OpenedSnapshot {
    /// The file, with the revision, the version and the features of the snapshot. Its version mark is not that of the
    /// file, so that nobody goes on with it.
    pub opened: Opened,
    /// The revision that it shows.
    pub revn: i64,
}

/// A snapshot of a file, for a client that declares its features or does not.
///
/// # Errors
/// `snapshot-not-found`, and as [`file::get`] for the document of then.
pub async fn open(
    app: &App,
    conn: &impl ConnectionTrait,
    held: &Viewable<Model>,
    id: SnapshotId,
    client: Option<&Features>,
    now: DateTime<Utc>,
) -> Result<OpenedSnapshot> {
    let snapshot = of_file(conn, held.id, id, now).await?;
    let revn = snapshot.revn;
    let row = Model {
        revn,
        vern: mark(id, held.vern),
        version: snapshot.version,
        features: snapshot.features,
        ..(**held).clone()
    };
    let opened = file::opened(app, conn, row, held.permissions(), client).await?;
    Ok(OpenedSnapshot { opened, revn })
}

/// The same each time, and another one than the file's.
fn mark(id: SnapshotId, of_file: i32) -> i32 {
    let marks = (0..2).map(|next| (id.0.as_u128() % VERNS + next) % VERNS);
    let mut other = marks.filter_map(|mark| i32::try_from(mark).ok()).filter(|mark| *mark != of_file);
    other.next().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_is_looked_at_never_has_the_mark_of_the_file() {
        let id = |n: u128| SnapshotId(Uuid::from_u128(n));
        assert_eq!([mark(id(7), 0), mark(id(7), 7), mark(id(VERNS - 1), 99_999)], [7, 8, 0]);
        assert_ne!(mark(id(u128::MAX), 31_455), 31_455);
    }
}
