//! The two sweeps over blobs: who is still used, and whose time has come.
//!
//! A decision is made in the transaction that holds the row's lock, and storing a reference needs that lock
//! too (through the foreign key and [`super::hold`]). So a blob is either found referenced, or the reference
//! is refused.

use super::bucket::Bucket;
use super::reason::TouchReason;
use crate::error::{Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::StorageObjectId;
use entities::storage_object::{BucketName, Column, Entity, Model, State};
use entities::word::OrUnknown;
use futures_util::{StreamExt, stream};
use platform::app::App;
use platform::db::{Tx, sql, transaction};
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, SqlErr,
};
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// Most rows in one batch.
pub const BATCH_MAX: u64 = 100;

/// A blob is left alone for so long after it was stored or touched, because its reference may be on its way.
pub(super) const TOUCHED_AGE_MIN: TimeDelta = TimeDelta::hours(2);

/// A blob that its backend would not delete is tried again after so long.
pub(super) const RETRY_AFTER: TimeDelta = TimeDelta::hours(1);

/// A blob of an unknown bucket is looked at again after so long.
const UNKNOWN_AFTER: TimeDelta = TimeDelta::days(1);

/// Blobs deleted at the same time.
const DELETES_AT_ONCE: usize = 8;

/// What one batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Rows looked at; none means that the work is done.
    pub seen: u64,
    /// Rows that are still used and stay.
    pub frozen: u64,
    /// Rows marked for deletion, or gone for good.
    pub deleted: u64,
    /// Rows whose bytes could not be deleted; they come back in an hour.
    pub failed: u64,
    /// Size of the deleted ones, bytes.
    pub bytes: u64,
}

impl Swept {
    /// Both taken together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            seen: self.seen + other.seen,
            frozen: self.frozen + other.frozen,
            deleted: self.deleted + other.deleted,
            failed: self.failed + other.failed,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// Looks at blobs touched at least two hours ago, oldest first, at most [`BATCH_MAX`]. One that is still
/// referred to is not looked at again until it is touched; any other is hidden now and deleted after its time
/// of grace. Uploads that never finished are given up.
pub async fn collect_touched_batch(app: &App, now: DateTime<Utc>) -> Result<Swept> {
    let delay = app.config.limits.deletion_delay;
    transaction(&app.db, move |tx| Box::pin(collect_touched(tx, delay, now))).await
}

async fn collect_touched(tx: &Tx, delay: Duration, now: DateTime<Utc>) -> Result<Swept> {
    let rows = Entity::find()
        .filter(Column::TouchedAt.lte(now - TOUCHED_AGE_MIN))
        .filter(Column::DeletedAt.is_null())
        .order_by_asc(Column::TouchedAt)
        .limit(BATCH_MAX)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    let mut swept = Swept { seen: rows.len() as u64, ..Swept::default() };
    let (used, unused) = judge_touched(tx, rows, delay, now).await?;
    swept.frozen += used.len() as u64;
    swept.deleted += unused.len() as u64;
    swept.bytes += bytes_of(&unused);
    Ok(swept)
}

/// Decides about touched blobs whose rows are locked: those that stay, and those that are hidden (for this time of
/// grace) or given up now.
pub(super) async fn judge_touched(
    tx: &Tx,
    rows: Vec<Model>,
    delay: Duration,
    now: DateTime<Utc>,
) -> Result<(Vec<Model>, Vec<Model>)> {
    let (mut gone, valid): (Vec<Model>, Vec<Model>) =
        rows.into_iter().partition(|row| row.state == State::Pending);
    let mut stay = vec![];
    give_up(tx, &ids_of(&gone), now).await?;
    for (name, rows) in by_bucket(valid) {
        let Some(bucket) = Bucket::find(&name) else {
            tracing::warn!(bucket = %name, "stored objects of an unknown bucket are kept");
            freeze(tx, &ids_of(&rows)).await?;
            stay.extend(rows);
            continue;
        };
        let used = bucket.referenced(tx, &ids_of(&rows)).await?;
        let (used, unused): (Vec<Model>, Vec<Model>) =
            rows.into_iter().partition(|row| used.contains(&row.id));
        freeze(tx, &ids_of(&used)).await?;
        hide(tx, &ids_of(&unused), now, now + bucket.kept(delay)).await?;
        stay.extend(used);
        gone.extend(unused);
    }
    Ok((stay, gone))
}

/// Removes blobs whose time has come, oldest first, at most [`BATCH_MAX`]: once more it is made sure that
/// nothing refers to them, then the decision is committed (`deleting`), then the bytes go, then the rows.
/// After a crash anywhere in between, the next batch finds the rows and goes on. One that is referred to
/// after all is revived.
pub async fn collect_deleted_batch(app: &App, now: DateTime<Utc>) -> Result<Swept> {
    let (stay, doomed) = transaction(&app.db, |tx| Box::pin(decide_deleted(tx, now))).await?;
    let seen = stay.len() + doomed.len();
    let (gone, failed) = remove(app, doomed, now).await?;
    Ok(Swept {
        seen: seen as u64,
        frozen: stay.len() as u64,
        deleted: gone.len() as u64,
        failed: failed.len() as u64,
        bytes: bytes_of(&gone),
    })
}

async fn decide_deleted(tx: &Tx, now: DateTime<Utc>) -> Result<(Vec<Model>, Vec<Model>)> {
    let rows = Entity::find()
        .filter(Column::DeletedAt.lte(now))
        .order_by_asc(Column::DeletedAt)
        .limit(BATCH_MAX)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(tx)
        .await?;
    judge_deleted(tx, rows, now).await
}

/// Decides about hidden blobs whose rows are locked and whose time has come: those that stay, and those that are
/// `deleting` from now on.
pub(super) async fn judge_deleted(
    tx: &Tx,
    rows: Vec<Model>,
    now: DateTime<Utc>,
) -> Result<(Vec<Model>, Vec<Model>)> {
    let (known, unknown): (Vec<Model>, Vec<Model>) =
        rows.into_iter().partition(|row| Bucket::find(&row.bucket).is_some());
    // Of a newer release, perhaps: who refers to them, only that one knows.
    put_off(tx, &ids_of(&unknown), now + UNKNOWN_AFTER).await?;
    let mut used = HashSet::new();
    for (name, rows) in by_bucket(known.iter().filter(|row| row.state == State::Valid).cloned().collect()) {
        if let Some(bucket) = Bucket::find(&name) {
            used.extend(bucket.referenced(tx, &ids_of(&rows)).await?);
        }
    }
    let (mut stay, doomed): (Vec<Model>, Vec<Model>) =
        known.into_iter().partition(|row| used.contains(&row.id));
    for row in &stay {
        tracing::warn!(object = %row.id, "a stored object was due for deletion but is still referred to");
        revive(tx, row.id, &TouchReason::DueButReferenced, now).await?;
    }
    stay.extend(unknown);
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Deleting))
        .filter(Column::Id.is_in(ids_of(&doomed)))
        .exec(tx)
        .await?;
    Ok((stay, doomed))
}

/// Removes the bytes of blobs that are `deleting`, then their rows: those that are gone, and those that would not go
/// and are tried again later.
pub(super) async fn remove(
    app: &App,
    doomed: Vec<Model>,
    now: DateTime<Utc>,
) -> Result<(Vec<Model>, Vec<Model>)> {
    let deletions = stream::iter(doomed).map(|row| async move {
        let outcome = app.blobs.delete(row.backend.as_str(), row.id.0).await;
        (row, outcome)
    });
    let outcomes: Vec<_> = deletions.buffer_unordered(DELETES_AT_ONCE).collect().await;
    let (mut gone, mut failed) = (Vec::new(), Vec::new());
    for (row, outcome) in outcomes {
        match outcome {
            Ok(()) => gone.push(row),
            Err(error) => {
                tracing::error!(object = %row.id, %error, "the bytes of a stored object could not be deleted");
                failed.push(row);
            }
        }
    }
    let refused = remove_rows(&app.db, &gone).await?;
    gone.retain(|row| !refused.contains(row));
    failed.extend(refused);
    put_off(&app.db, &ids_of(&failed), now + RETRY_AFTER).await?;
    Ok((gone, failed))
}

/// Brings back a hidden blob; false when it is hidden no more, or its bytes are going already. Where another row stands
/// for its content by now, it lives on as that one's twin.
///
/// # Errors
/// [`crate::Error::Collided`] when another row began to stand for it at the same time.
pub(super) async fn revive(
    tx: &Tx,
    id: StorageObjectId,
    reason: &TouchReason,
    now: DateTime<Utc>,
) -> Result<bool> {
    let values = [id.0.into(), now.into(), reason.to_string().into()];
    let revived = tx.execute_raw(sql(REVIVE, values)).await.map_err(Error::of_content)?;
    Ok(revived.rows_affected() == 1)
}

const REVIVE: &str = "
    UPDATE storage_object o
       SET deleted_at = NULL, hidden_at = NULL, touched_at = $2, touched_by = $3,
           is_twin = EXISTS (
           SELECT 1 FROM storage_object t
            WHERE t.bucket = o.bucket AND t.backend = o.backend AND t.sha256 = o.sha256
              AND t.id <> o.id AND t.state = 'valid' AND t.deleted_at IS NULL AND NOT t.is_twin)
     WHERE id = $1 AND state = 'valid' AND deleted_at IS NOT NULL";

async fn give_up(tx: &Tx, ids: &[StorageObjectId], now: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Deleting))
        .col_expr(Column::DeletedAt, Expr::value(now))
        .col_expr(Column::HiddenAt, Expr::value(now))
        .col_expr(Column::TouchedAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn freeze(tx: &Tx, ids: &[StorageObjectId]) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::TouchedAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn hide(tx: &Tx, ids: &[StorageObjectId], now: DateTime<Utc>, until: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(until))
        .col_expr(Column::HiddenAt, Expr::value(now))
        .col_expr(Column::TouchedAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn put_off(conn: &impl ConnectionTrait, ids: &[StorageObjectId], until: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::DeletedAt, Expr::value(until))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .exec(conn)
        .await?;
    Ok(())
}

/// Removes rows, and answers those that would not go: one that something still refers to must not hold up the
/// others. The state is asked for again, because another process may have been here first.
async fn remove_rows(conn: &impl ConnectionTrait, rows: &[Model]) -> Result<Vec<Model>> {
    let delete = |ids: Vec<StorageObjectId>| {
        Entity::delete_many()
            .filter(Column::Id.is_in(ids))
            .filter(Column::State.eq(State::Deleting))
            .exec(conn)
    };
    match delete(ids_of(rows)).await {
        Ok(_) => return Ok(vec![]),
        Err(error) if is_reference(&error) => {}
        Err(error) => return Err(error.into()),
    }
    let mut refused = vec![];
    for row in rows {
        match delete(vec![row.id]).await {
            Ok(_) => {}
            Err(error) if is_reference(&error) => {
                tracing::error!(object = %row.id, %error, "a stored object without bytes is still referred to");
                refused.push(row.clone());
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(refused)
}

fn is_reference(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_)))
}

fn by_bucket(rows: Vec<Model>) -> BTreeMap<OrUnknown<BucketName>, Vec<Model>> {
    let mut buckets: BTreeMap<_, Vec<Model>> = BTreeMap::new();
    for row in rows {
        buckets.entry(row.bucket.clone()).or_default().push(row);
    }
    buckets
}

fn ids_of(rows: &[Model]) -> Vec<StorageObjectId> {
    rows.iter().map(|row| row.id).collect()
}

fn bytes_of(rows: &[Model]) -> u64 {
    rows.iter().map(|row| u64::try_from(row.size).unwrap_or(0)).sum()
}
