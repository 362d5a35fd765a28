//! Purging snapshots whose time is over, and what only they showed.
//!
//! The row of a snapshot goes first, with a mark on its file (`unswept_since`); then what it showed, some at a time;
//! the mark goes last. Whoever is stopped goes on later.

use crate::error::Result;
use crate::file::parts::{history, lock};
use chrono::{DateTime, Utc};
use entities::file;
use entities::ids::FileId;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use std::fmt::{Display, Formatter};

/// Files of one page.
const FILES_MAX: i64 = 100;
/// Most snapshots of one batch.
const SNAPSHOTS_MAX: i64 = 1000;
/// Most parts of one batch.
const PARTS_MAX: u64 = 5000;
/// Most containers of one batch.
const CONTAINERS_MAX: u64 = 1000;

/// What was swept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweptHistory {
    /// Snapshots that are gone.
    pub snapshots: u64,
    /// Parts that only they showed.
    pub parts: u64,
    /// Pages and components that only they showed: left to the sweep of what no file holds.
    pub containers: u64,
}

impl SweptHistory {
    /// Both of two batches.
    #[must_use]
    pub fn plus(self, other: SweptHistory) -> SweptHistory {
        SweptHistory {
            snapshots: self.snapshots + other.snapshots,
            parts: self.parts + other.parts,
            containers: self.containers + other.containers,
        }
    }

    /// All of it.
    pub fn total(self) -> u64 {
        self.snapshots + self.parts + self.containers
    }
}

/// As `2 snapshots, and 7 parts that nothing else showed`.
impl Display for SweptHistory {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        let SweptHistory { snapshots, parts, .. } = self;
        write!(
            f,
            "{snapshots} snapshot{}, and {parts} part{} that nothing else showed",
            plural(*snapshots),
            plural(*parts)
        )
    }
}

/// Some files with snapshots whose time is over at `now`, or with something left of one; go on after the last of a
/// page. Files that are to be purged themselves are left to that.
///
/// # Errors
/// Those of the database.
pub async fn due(app: &App, after: Option<FileId>, now: DateTime<Utc>) -> Result<Vec<FileId>> {
    let after = after.map(|file| file.0);
    let rows = app.db.query_all_raw(sql(DUE, [now.into(), after.into(), FILES_MAX.into()])).await?;
    Ok(rows.iter().map(|row| row.try_get("", "id").map(FileId)).collect::<Result<_, _>>()?)
}

/// Purges some snapshots of a file, and some of what only they showed. Call it again until nothing is left.
///
/// # Errors
/// Those of the database.
pub async fn sweep_batch(app: &App, id: FileId, now: DateTime<Utc>) -> Result<SweptHistory> {
    let (snapshots, mark) = purge(app, id, now).await?;
    let Some(mark) = mark else { return Ok(SweptHistory::default()) };
    let tx = platform::db::begin(&app.db).await?;
    let forgotten = history::forget(&tx, id, PARTS_MAX).await?;
    if forgotten.named_pictures {
        look_again(&tx, id).await?;
    }
    tx.commit().await?;
    let mut swept = SweptHistory { snapshots, parts: forgotten.parts, containers: 0 };
    if swept.total() == 0 {
        swept.containers = end(app, id, mark).await?;
    }
    Ok(swept)
}

/// The snapshots go. How many they were, and the mark of the file, if something is to be swept.
async fn purge(app: &App, id: FileId, now: DateTime<Utc>) -> Result<(u64, Option<DateTime<Utc>>)> {
    let tx = platform::db::begin(&app.db).await?;
    lock::hold(&tx, id).await?;
    let values = [id.0.into(), now.into(), SNAPSHOTS_MAX.into()];
    let snapshots = tx.execute_raw(sql(PURGE, values)).await?.rows_affected();
    if snapshots > 0 {
        tx.execute_raw(sql(UNPIN, [id.0.into(), now.into()])).await?;
    }
    let mark = file::Entity::find_by_id(id).select_only().column(file::Column::UnsweptSince);
    let mark: Option<Option<DateTime<Utc>>> = mark.into_tuple().one(&tx).await?;
    tx.commit().await?;
    Ok((snapshots, mark.flatten()))
}

/// Nothing that was kept is left over: the last step, which takes the mark away unless it is a newer one. How many
/// containers it left.
async fn end(app: &App, id: FileId, mark: DateTime<Utc>) -> Result<u64> {
    let tx = platform::db::begin(&app.db).await?;
    lock::hold(&tx, id).await?;
    let containers = history::leave(&tx, id, CONTAINERS_MAX).await?;
    if containers > 0 {
        look_again(&tx, id).await?;
    } else {
        let swept = file::Entity::update_many()
            .col_expr(file::Column::UnsweptSince, Expr::value(None::<DateTime<Utc>>))
            .filter(file::Column::Id.eq(id))
            .filter(file::Column::UnsweptSince.eq(mark));
        swept.exec(&tx).await?;
    }
    tx.commit().await?;
    Ok(containers)
}

/// What the snapshots showed may have been the last to show a picture.
async fn look_again(tx: &Tx, id: FileId) -> Result<()> {
    let untrimmed = file::Entity::update_many()
        .col_expr(file::Column::HasMediaTrimmed, Expr::value(false))
        .filter(file::Column::Id.eq(id));
    untrimmed.exec(tx).await?;
    Ok(())
}

const DUE: &str = "
    SELECT id FROM (
      SELECT s.file_id AS id FROM file_snapshot s JOIN file f ON f.id = s.file_id
       WHERE s.deleted_at <= $1 AND (f.deleted_at IS NULL OR f.deleted_at > $1)
       UNION
      SELECT id FROM file WHERE unswept_since IS NOT NULL) due
     WHERE $2::uuid IS NULL OR id > $2
     ORDER BY id LIMIT $3";

/// One that somebody makes their own at this moment stays.
const PURGE: &str = "
    DELETE FROM file_snapshot WHERE deleted_at <= $2 AND id IN (
      SELECT id FROM file_snapshot WHERE file_id = $1 AND deleted_at <= $2 ORDER BY deleted_at LIMIT $3)";

const UNPIN: &str = "
    UPDATE file SET unswept_since = $2,
           pinned_revn = (SELECT coalesce(max(revn), -1) FROM file_snapshot WHERE file_id = $1)
     WHERE id = $1";
