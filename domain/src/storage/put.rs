//! Storing a blob: row first, then bytes, then the row counts. Equal content is stored once.

use super::bucket::Bucket;
use super::copies;
use super::reason::TouchReason;
use crate::error::{Error, Result};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use entities::ids::StorageObjectId;
use entities::storage_object::{ActiveModel, Column, Entity, Model, State};
use platform::app::App;
use platform::db::{Retryable as _, pause};
use platform::step;
use platform::storage::BlobSource;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter, Set, SqlErr};
use sha2::{Digest, Sha256};
use std::io::Read as _;
use std::path::PathBuf;
use std::time::Duration;
use tracing::Instrument as _;

/// Longest time that writing one blob may take. Well below the age at which a `pending` row is given up.
const WRITE_TIME_MAX: Duration = Duration::from_secs(30 * 60);

/// How much of a file is hashed at a time.
const PIECE_BYTES: usize = 256 * 1024;

/// Whatever is stored while sweeps, moves and others who store the same are faster: tried so often.
const ATTEMPTS_MAX: u32 = 5;

/// What a blob is to be.
#[derive(Clone, Debug)]
pub struct NewBlob {
    /// What for.
    pub bucket: &'static Bucket,
    /// Media type given out with the bytes.
    pub content_type: String,
    /// Not given out after this moment.
    pub expired_at: Option<DateTime<Utc>>,
    /// Details: plain JSON.
    pub metadata: Option<serde_json::Value>,
}

/// The bytes to store.
#[derive(Clone, Debug)]
pub enum Content {
    /// In memory: small ones.
    Bytes(Bytes),
    /// In a local file that stays as it is until they are stored.
    File {
        /// Where.
        path: PathBuf,
        /// Bytes.
        size: u64,
    },
}

impl Content {
    fn size(&self) -> u64 {
        match self {
            Content::Bytes(bytes) => bytes.len() as u64,
            Content::File { size, .. } => *size,
        }
    }

    fn source(&self) -> BlobSource {
        match self {
            Content::Bytes(bytes) => BlobSource::Bytes(bytes.clone()),
            Content::File { path, .. } => BlobSource::File(path.clone()),
        }
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Content {
        Content::Bytes(bytes)
    }
}

/// Stores bytes and gives the row, touched now: unless something refers to the blob within two hours, the
/// sweep takes it away again. Not for the inside of a transaction: it commits by itself, step by step.
///
/// Equal bytes in a shared bucket give the row that is there already, also when two are stored at the same
/// time; when its bytes got lost, they are put back.
///
/// # Errors
/// [`Error::Platform`] when the backend fails; nothing is left behind that the sweeps do not remove. `too-busy` when
/// somebody else was faster again and again.
pub async fn put(
    app: &App,
    content: impl Into<Content>,
    wanted: NewBlob,
    now: DateTime<Utc>,
) -> Result<Model> {
    let content = content.into();
    let sha256 = digest(app, content.clone()).await?;
    for number in 1..=ATTEMPTS_MAX {
        match attempt(app, &content, &wanted, &sha256, now).await {
            Ok(Some(row)) => return Ok(row),
            Ok(None) => {}
            Err(error) if error.is_retryable() => tokio::time::sleep(pause(number)).await,
            Err(error) => return Err(error),
        }
    }
    Err(Error::busy())
}

/// Stores blobs and then writes the rows that refer to them; from the bytes again when a sweep took one in between.
/// Both do nothing else that would count twice.
///
/// # Errors
/// Those of both, save [`Error::Swept`]: `too-busy` when that happens again and again.
pub async fn put_and_refer<B, T, Stored, Referred>(
    store: impl Fn() -> Stored,
    refer: impl Fn(B) -> Referred,
) -> Result<T>
where
    Stored: Future<Output = Result<B>>,
    Referred: Future<Output = Result<T>>,
{
    for _ in 0..ATTEMPTS_MAX {
        match refer(store().await?).await {
            Err(Error::Swept) => tracing::info!("a sweep took what was just stored: it is stored again"),
            done => return done,
        }
    }
    Err(Error::busy())
}

/// None when somebody else was faster: a sweep that gave the blob up, or took the equal content that was there.
async fn attempt(
    app: &App,
    content: &Content,
    wanted: &NewBlob,
    sha256: &str,
    now: DateTime<Utc>,
) -> Result<Option<Model>> {
    if wanted.bucket.is_shared
        && let Some(found) = reuse(app, wanted.bucket, sha256, content, now).await?
    {
        return Ok(Some(found));
    }
    let row = begin(app, wanted.clone(), content.size(), sha256, now).await?;
    if let Err(error) = write(app, &row, content).await {
        // Whoever gave it up meanwhile has removed what was written, which then looks like damage.
        return if discard(app, &row, now).await { Err(error) } else { Ok(None) };
    }
    match finish(app, &row).await {
        Ok(true) => Ok(Some(Model { state: State::Valid, ..row })),
        Ok(false) => {
            discard(app, &row, now).await;
            Ok(None)
        }
        Err(error) => {
            discard(app, &row, now).await;
            // Somebody else finished the same content first: theirs is the one.
            if !matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) {
                return Err(error.into());
            }
            reuse(app, wanted.bucket, sha256, content, now).await
        }
    }
}

/// Lower-case hex. Of a file, read piece by piece.
async fn digest(app: &App, content: Content) -> Result<String> {
    let hash = move || -> std::io::Result<String> {
        let mut hash = Sha256::new();
        match content {
            Content::Bytes(bytes) => hash.update(&bytes),
            Content::File { path, .. } => {
                let (mut file, mut piece) = (std::fs::File::open(path)?, vec![0; PIECE_BYTES]);
                loop {
                    match file.read(&mut piece)? {
                        0 => break,
                        read => hash.update(&piece[..read]),
                    }
                }
            }
        }
        Ok(hex::encode(hash.finalize()))
    };
    app.cpu
        .run(hash)
        .instrument(step!("hash content"))
        .await
        .map_err(busy_or_broken)?
        .map_err(Error::platform)
}

/// What a refusal of the pool means to the caller.
pub(crate) fn busy_or_broken(error: platform::cpu::CpuError) -> Error {
    match error {
        platform::cpu::CpuError::Busy => Error::busy(),
        other => Error::platform(other),
    }
}

/// The row of equal content, if there is one, touched so that no sweep takes it away.
async fn reuse(
    app: &App,
    bucket: &Bucket,
    sha256: &str,
    content: &Content,
    now: DateTime<Utc>,
) -> Result<Option<Model>> {
    let found = Entity::update_many()
        .col_expr(Column::TouchedAt, Expr::value(now))
        .col_expr(Column::TouchedBy, Expr::value(TouchReason::StoredAgain.to_string()))
        .filter(Column::Bucket.eq(bucket.name))
        .filter(Column::Backend.eq(app.blobs.default_backend().as_str()))
        .filter(Column::Sha256.eq(sha256))
        .filter(Column::State.eq(State::Valid))
        .filter(Column::DeletedAt.is_null())
        .filter(Column::IsTwin.eq(false))
        .exec_with_returning(&app.db)
        .await?;
    let Some(row) = found.into_iter().next() else { return Ok(None) };
    let there = app.blobs.size(row.backend.as_str(), row.id.0).await.map_err(Error::platform)?;
    if there != u64::try_from(row.size).ok() {
        tracing::warn!(object = %row.id, "the bytes of a stored object were missing or cut off: written again");
        let written = write(app, &row, content).await;
        let alive =
            Entity::alive().filter(Column::Id.eq(row.id)).filter(Column::Backend.eq(row.backend.clone()));
        if alive.one(&app.db).await?.is_none() {
            // It went, or moved: nobody would account for these bytes.
            copies::leave(&app.db, row.id, row.backend.as_str(), now, now).await?;
            return Ok(None);
        }
        written?;
    }
    Ok(Some(row))
}

/// From here on the sweep knows of the blob.
async fn begin(app: &App, wanted: NewBlob, size: u64, sha256: &str, now: DateTime<Utc>) -> Result<Model> {
    let row = ActiveModel {
        id: Set(StorageObjectId(platform::ids::random_id())),
        created_at: Set(now),
        deleted_at: Set(None),
        expired_at: Set(wanted.expired_at),
        hidden_at: Set(None),
        touched_at: Set(Some(wanted.expired_at.unwrap_or(now))),
        touched_by: Set(Some(TouchReason::Stored.to_string())),
        size: Set(i64::try_from(size).map_err(Error::platform)?),
        backend: Set(app.blobs.default_backend().as_str().into()),
        content_type: Set(wanted.content_type),
        bucket: Set(wanted.bucket.name.into()),
        sha256: Set(sha256.to_owned()),
        state: Set(State::Pending),
        is_twin: Set(false),
        metadata: Set(wanted.metadata),
    };
    Ok(row.insert(&app.db).await?)
}

/// Writes the bytes of a row and checks what arrived.
async fn write(app: &App, row: &Model, content: &Content) -> Result<()> {
    let size = content.size();
    let writing = app.blobs.put(row.backend.as_str(), row.id.0, content.source(), size);
    let stored = tokio::time::timeout(WRITE_TIME_MAX, writing).await.map_err(Error::platform)?;
    let stored = stored.map_err(Error::platform)?;
    let there = app.blobs.size(row.backend.as_str(), row.id.0).await.map_err(Error::platform)?;
    if stored.size != size || stored.sha256 != row.sha256 || there != Some(size) {
        return Err(Error::platform(platform::storage::BlobError::Corrupt { id: row.id.0 }));
    }
    Ok(())
}

/// Makes the row count; false when a sweep gave it up meanwhile.
async fn finish(app: &App, row: &Model) -> Result<bool, sea_orm::DbErr> {
    let done = Entity::update_many()
        .col_expr(Column::State, Expr::value(State::Valid))
        .filter(Column::Id.eq(row.id))
        .filter(Column::State.eq(State::Pending))
        .exec(&app.db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Takes back what was begun. Whatever fails here is left to the sweep, which finds the row. A row that is not
/// pending any more is left alone: the answer to its completion may have got lost, and others may use it by now. False
/// then.
async fn discard(app: &App, row: &Model, now: DateTime<Utc>) -> bool {
    let undo = async {
        let given_up = Entity::update_many()
            .col_expr(Column::State, Expr::value(State::Deleting))
            .col_expr(Column::DeletedAt, Expr::value(now))
            .filter(Column::Id.eq(row.id))
            .filter(Column::State.eq(State::Pending))
            .exec(&app.db)
            .await?;
        if given_up.rows_affected == 0 {
            let finished =
                Entity::find_by_id(row.id).filter(Column::State.eq(State::Valid)).one(&app.db).await?;
            if finished.is_none() {
                // A sweep was here before the last bytes came: nobody would account for them.
                copies::leave(&app.db, row.id, row.backend.as_str(), now, now).await?;
            }
            return Ok(false);
        }
        app.blobs.delete(row.backend.as_str(), row.id.0).await.map_err(Error::platform)?;
        Entity::delete_by_id(row.id).exec(&app.db).await?;
        Ok::<bool, Error>(true)
    };
    undo.await.unwrap_or_else(|error| {
        tracing::warn!(object = %row.id, %error, "an unfinished object is left to the sweep");
        true
    })
}
