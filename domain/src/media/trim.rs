//! Marking pictures that nothing in their file uses any more, and thumbnails of what is not there any more.

use crate::error::Result;
use crate::file::parts::{media, thumbnail};
use crate::follow_up::{FollowUps, JobRequest};
use chrono::{DateTime, TimeDelta, Utc};
use entities::file;
use entities::ids::FileId;
use platform::app::App;
use platform::db::Tx;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, FromQueryResult, QuerySelect, Set};
use uuid::Uuid;

/// A file that is ready to be looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Candidate {
    /// The file.
    pub id: FileId,
    /// Its revision.
    pub revn: i64,
    /// When it last changed.
    pub modified_at: DateTime<Utc>,
}

/// What was done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trimmed {
    /// Its pictures were compared with its documents.
    Done {
        /// Pictures that nothing uses: marked.
        marked: u64,
        /// Marked pictures that something uses again: the mark was taken away.
        restored: u64,
    },
    /// It is a published library: files that use it may show its pictures.
    Library,
    /// It changed, was deleted, or is being changed.
    Skipped,
}

/// Some files that are to be looked through.
#[derive(Clone, Debug)]
pub struct Due {
    /// The last of them, to go on after; none when there are no more.
    pub last: Option<Candidate>,
    /// A look at each.
    pub follow_ups: FollowUps,
}

/// Files that nobody changed for a while and whose pictures were not looked at since, the last changed first, at most
/// `limit`; go on after the last of a page.
pub async fn due(app: &App, after: Option<Candidate>, now: DateTime<Utc>, limit: u64) -> Result<Due> {
    let sql = "SELECT id, revn, modified_at FROM file
                WHERE has_media_trimmed IS FALSE AND deleted_at IS NULL AND modified_at < $1
                  AND ($2::timestamptz IS NULL OR (modified_at, id) < ($2, $3))
                ORDER BY modified_at DESC, id DESC LIMIT $4";
    let (at, id) = after.map(|last| (last.modified_at, last.id.0)).unzip();
    let values = [settled(app, now).into(), at.into(), id.into(), limit.into()];
    let query = platform::db::sql(sql, values);
    let found = Candidate::find_by_statement(query).all(&app.db).await?;
    let look = |file: &Candidate| JobRequest::FileGc { file: file.id, revn: file.revn };
    let follow_ups = FollowUps { jobs: found.iter().map(look).collect(), ..FollowUps::default() };
    Ok(Due { last: found.last().copied(), follow_ups })
}

/// Marks the pictures of a file that its document does not name, neither as it is nor as a snapshot shows it. They can
/// be brought back until their time of grace is over, and are when something uses them again by the next look. A
/// document that cannot be read leaves everything as it is.
///
/// # Errors
/// Those of the database, and of a document that cannot be read.
pub async fn trim_media(app: &App, id: FileId, revn: i64, now: DateTime<Utc>) -> Result<Trimmed> {
    let tx = platform::db::begin(&app.db).await?;
    let found = file::Entity::find_by_id(id)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .one(&tx)
        .await?;
    let is_ready = |row: &file::Model| {
        row.deleted_at.is_none() && row.revn == revn && row.modified_at < settled(app, now)
    };
    let Some(row) = found.filter(is_ready) else { return Ok(Trimmed::Skipped) };
    let trimmed = match row.is_shared {
        true => Trimmed::Library,
        false => compare(app, &tx, id, now).await?,
    };
    thumbnail::sweep(&tx, &row, now).await?;
    let row = file::ActiveModel { id: Set(id), has_media_trimmed: Set(true), ..Default::default() };
    row.update(&tx).await?;
    tx.commit().await?;
    Ok(trimmed)
}

async fn compare(app: &App, tx: &Tx, id: FileId, now: DateTime<Utc>) -> Result<Trimmed> {
    let used: Vec<Uuid> = media::used(app, tx, id).await?.into_iter().collect();
    let kept = TimeDelta::from_std(app.config.limits.deletion_delay).unwrap_or(TimeDelta::MAX);
    let due = now.checked_add_signed(kept).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let unused = "UPDATE file_media_object SET deleted_at = $3
                   WHERE file_id = $1 AND deleted_at IS NULL AND NOT id = ANY($2)";
    let values = [id.0.into(), used.clone().into(), due.into()];
    let marked = tx.execute_raw(platform::db::sql(unused, values)).await?.rows_affected();
    // The file lives, so only an earlier look can have marked them.
    let again = "UPDATE file_media_object SET deleted_at = NULL
                  WHERE file_id = $1 AND deleted_at IS NOT NULL AND id = ANY($2)";
    let values = [id.0.into(), used.into()];
    let restored = tx.execute_raw(platform::db::sql(again, values)).await?.rows_affected();
    Ok(Trimmed::Done { marked, restored })
}

/// A file changed before this has settled.
fn settled(app: &App, now: DateTime<Utc>) -> DateTime<Utc> {
    let delay = TimeDelta::from_std(app.config.limits.file_clean_delay).unwrap_or(TimeDelta::MAX);
    now.checked_sub_signed(delay).unwrap_or(DateTime::<Utc>::MIN_UTC)
}
