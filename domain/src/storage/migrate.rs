//! Moving blobs from one backend to another while they are read, written and deleted.
//!
//! For each: a note that the new backend is about to get bytes, the bytes, read back and compared by hash, and then one
//! transaction that turns the row over. The old bytes stay for a while, for readers that are on their way. A crash
//! anywhere leaves a row with its bytes and a note that the sweep of blobs clears.

use super::copies;
use crate::error::{Error, Result};
use crate::permission::Operator;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::StorageObjectId;
use entities::storage_object::{Backend, Column, Entity, Model, State};
use futures_util::{StreamExt, TryStreamExt, stream};
use platform::app::App;
use platform::db::sql;
use platform::storage::BlobSource;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Blobs in one batch.
const BATCH: u64 = 32;
/// Blobs on their way at the same time.
const AT_ONCE: usize = 4;
/// A move that did not end within this time is over.
const MOVE_TIME_MAX: TimeDelta = TimeDelta::hours(6);
/// Readers have begun to read by then. A link into a bucket is good for a day.
const LEFT_BEHIND: TimeDelta = TimeDelta::hours(2);
const LEFT_BEHIND_LINKED: TimeDelta = TimeDelta::hours(25);

/// Which blobs go where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The backend they are on.
    pub from: String,
    /// The backend they go to.
    pub to: String,
    /// Only those of a bucket.
    pub bucket: Option<String>,
}

/// What one batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Rows looked at; none means that the work is done.
    pub seen: u64,
    /// On the new backend now.
    pub moved: u64,
    /// Bytes of those.
    pub bytes: u64,
    /// Went away, or elsewhere, meanwhile.
    pub skipped: u64,
    /// Could not be moved.
    pub failed: u64,
}

impl Moved {
    /// Both taken together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            seen: self.seen + other.seen,
            moved: self.moved + other.moved,
            bytes: self.bytes + other.bytes,
            skipped: self.skipped + other.skipped,
            failed: self.failed + other.failed,
        }
    }
}

/// Refuses an order that cannot be carried out here.
///
/// # Errors
/// `unknown-backend` for one without settings, or when both are the same; `backend-in-use` when new blobs still go to
/// the old one, so that it would never end.
pub fn check(app: &App, order: &Order) -> Result<()> {
    let known: Vec<&str> = app.blobs.backends().map(|backend| backend.as_str()).collect();
    for name in [&order.from, &order.to] {
        if !known.contains(&name.as_str()) {
            let hint = format!("{name} is not configured; there are {}", known.join(", "));
            return Err(Error::validation("unknown-backend").hint(hint));
        }
    }
    if order.from == order.to {
        return Err(Error::validation("unknown-backend").hint("both are the same"));
    }
    if order.from == app.blobs.default_backend().as_str() {
        let hint = format!(
            "new blobs still go to {}: set PENPOT_OBJECTS_STORAGE_BACKEND to {} first",
            order.from, order.to
        );
        return Err(Error::validation("backend-in-use").hint(hint));
    }
    Ok(())
}

/// How many blobs the order is about, as things are.
pub async fn count(app: &App, order: &Order) -> Result<u64> {
    use sea_orm::PaginatorTrait;
    Ok(candidates(order).count(&app.db).await?)
}

/// Moves some blobs, those with the least ids after `after`; `after` goes on to the last of them.
///
/// # Errors
/// Those of the database. A blob that cannot be moved is counted, logged, and passed over.
pub async fn move_batch(
    app: &App,
    _: &Operator,
    order: &Order,
    after: &mut StorageObjectId,
    now: DateTime<Utc>,
) -> Result<Moved> {
    let rows =
        candidates(order).filter(Column::Id.gt(*after)).order_by_asc(Column::Id).limit(BATCH).all(&app.db);
    let rows = rows.await?;
    let Some(last) = rows.last() else { return Ok(Moved::default()) };
    *after = last.id;
    let mut batch = Moved { seen: rows.len() as u64, ..Moved::default() };
    let moves = stream::iter(rows).map(|row| async move {
        let outcome = move_one(app, &row, &order.to, now).await;
        (row, outcome)
    });
    let outcomes: Vec<_> = moves.buffer_unordered(AT_ONCE).collect().await;
    for (row, outcome) in outcomes {
        match outcome {
            Ok(true) => {
                batch.moved += 1;
                batch.bytes += u64::try_from(row.size).unwrap_or(0);
            }
            Ok(false) => batch.skipped += 1,
            Err(error) => {
                tracing::error!(object = %row.id, %error, "a stored object could not be moved");
                batch.failed += 1;
            }
        }
    }
    Ok(batch)
}

fn candidates(order: &Order) -> sea_orm::Select<Entity> {
    let found = Entity::find().filter(Column::Backend.eq(&order.from)).filter(Column::State.eq(State::Valid));
    match &order.bucket {
        Some(bucket) => found.filter(Column::Bucket.eq(bucket)),
        None => found,
    }
}

/// False when the blob went away, or elsewhere, meanwhile.
async fn move_one(app: &App, row: &Model, to: &str, now: DateTime<Utc>) -> Result<bool> {
    let Some(bringer) = copies::claim(&app.db, row.id, to, now, now + MOVE_TIME_MAX).await? else {
        return Err(Error::platform(
            "what an earlier move left there is being removed; later it can be moved",
        ));
    };
    if let Err(error) = copy(app, row, row.backend.as_str(), to).await {
        // The sweep clears what there is of it.
        copies::drop(&app.db, row.id, to, bringer, now).await?;
        return Err(error);
    }
    let (row, to) = (row.clone(), to.to_owned());
    platform::db::transaction(&app.db, |tx| Box::pin(turn_over(tx, row.clone(), to.clone(), bringer, now)))
        .await
}

/// Copies the bytes of a blob from one backend to another and compares what arrived with its row.
pub(super) async fn copy(app: &App, row: &Model, from: &str, to: &str) -> Result<()> {
    let size = u64::try_from(row.size).unwrap_or(0);
    let bytes = app.blobs.read(from, row.id.0).await.map_err(Error::platform)?;
    let source = BlobSource::Stream(Box::pin(bytes.map_err(std::io::Error::other)));
    app.blobs.put(to, row.id.0, source, size).await.map_err(Error::platform)?;
    match fingerprint(app, to, row.id).await? {
        found if found == (size, row.sha256.clone()) => Ok(()),
        (found, _) if found != size => Err(Error::platform(format!("{found} bytes came instead of {size}"))),
        _ => Err(Error::platform("the bytes differ from what was stored: their hash is another")),
    }
}

/// Size and SHA-256 of the bytes as they are on a backend.
pub(super) async fn fingerprint(app: &App, backend: &str, id: StorageObjectId) -> Result<(u64, String)> {
    let mut bytes = app.blobs.read(backend, id.0).await.map_err(Error::platform)?;
    let (mut size, mut hash) = (0, Sha256::new());
    while let Some(piece) = bytes.try_next().await.map_err(Error::platform)? {
        size += piece.len() as u64;
        hash.update(&piece);
    }
    Ok((size, hex::encode(hash.finalize())))
}

const TURN_OVER: &str = "
    UPDATE storage_object o SET backend = $2, is_twin = EXISTS (
           SELECT 1 FROM storage_object t
            WHERE t.bucket = o.bucket AND t.backend = $2 AND t.sha256 = o.sha256
              AND t.id <> o.id AND t.state = 'valid' AND t.deleted_at IS NULL AND NOT t.is_twin)
     WHERE id = $1 AND backend = $3 AND state = 'valid'";

/// From the commit on, readers and writers go to the new backend.
async fn turn_over(
    tx: &platform::db::Tx,
    row: Model,
    to: String,
    bringer: Uuid,
    now: DateTime<Utc>,
) -> Result<bool> {
    // Took it too long, a sweep has cleared what it brought.
    if !copies::keep(tx, row.id, &to, bringer).await? {
        copies::leave(tx, row.id, &to, now, now).await?;
        return Ok(false);
    }
    let values = [row.id.0.into(), to.clone().into(), row.backend.clone().into()];
    let turned = tx.execute_raw(sql(TURN_OVER, values)).await.map_err(Error::of_content)?;
    if turned.rows_affected() == 0 {
        copies::leave(tx, row.id, &to, now, now).await?;
        return Ok(false);
    }
    let left = if row.backend == Backend::S3 { LEFT_BEHIND_LINKED } else { LEFT_BEHIND };
    copies::leave(tx, row.id, row.backend.as_str(), now, now + left).await?;
    Ok(true)
}
