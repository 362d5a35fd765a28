//! Uploads in pieces: a session, its pieces in any order, and putting them together.

use super::picture::{self, MEDIA_TYPES, Upload, accept};
use super::{NewMedia, Taken, insert, made_before, store};
use crate::error::{Error, Result};
use crate::permission::Editable;
use crate::quota::{self, Scope, Target};
use crate::storage;
use crate::storage::bucket::TEMPFILE;
use crate::storage::put::{Content, NewBlob, put, put_and_refer};
use crate::storage::reason::TouchReason;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{ProfileId, StorageObjectId, UploadSessionId};
use entities::{file, file_media_object, upload_chunk, upload_session};
use futures_util::TryStreamExt;
use platform::app::App;
use platform::config::Config;
use platform::db::{Tx, transaction};
use platform::image::Thumbnail;
use platform::svg::Removed;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};
use serde_json::json;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;
use transit::value::Value;

/// An upload that is not put together within this time is given up.
pub const SESSION_AGE_MAX: TimeDelta = TimeDelta::hours(1);

/// Begins an upload of so many pieces.
///
/// # Errors
/// `max-quote-reached` for too many pieces, or too many uploads under way; `params-validation` for none.
pub async fn create_session(
    config: &Config,
    tx: &Tx,
    caller: ProfileId,
    total_chunks: i64,
    now: DateTime<Utc>,
) -> Result<UploadSessionId> {
    let total = i32::try_from(total_chunks).unwrap_or(i32::MAX);
    if total < 1 {
        return Err(Error::validation("params-validation").hint("total-chunks should be at least 1"));
    }
    let chunks_max = config.limits.upload_chunks_max;
    if u64::try_from(total_chunks).unwrap_or(0) > chunks_max {
        return Err(quota::reached(Target::UploadChunksPerSession, chunks_max, total_chunks));
    }
    quota::check(config, tx, Target::UploadSessionsPerProfile, Scope::profile(caller), 1, now).await?;
    let row = upload_session::ActiveModel {
        id: Set(UploadSessionId(platform::ids::new_id())),
        created_at: Set(now),
        profile_id: Set(caller),
        total_chunks: Set(total),
    };
    Ok(row.insert(tx).await?.id)
}

/// Takes in one piece; sending one again replaces it. In a transaction of its own.
///
/// # Errors
/// [`Error::NotFound`] for an upload that is not the caller's, over or too old; `invalid-chunk-index`;
/// `media-max-file-size-reached`.
pub async fn upload_chunk(
    app: &App,
    caller: ProfileId,
    session: UploadSessionId,
    index: i64,
    upload: Upload,
    now: DateTime<Utc>,
) -> Result<()> {
    let found = own_session(&app.db, caller, session, now).await?;
    let place = i32::try_from(index).ok().filter(|index| (0..found.total_chunks).contains(index));
    let Some(place) = place else {
        let hint = format!("index should be from 0 to {}", found.total_chunks - 1);
        return Err(Error::validation("invalid-chunk-index").hint(hint));
    };
    check_piece(app, upload.size)?;
    let store = || async {
        let wanted = NewBlob {
            bucket: &TEMPFILE,
            content_type: "application/octet-stream".to_owned(),
            expired_at: None,
            metadata: Some(json!({"upload-id": session, "chunk-index": place, "profile-id": caller})),
        };
        let content = Content::File { path: upload.path.clone(), size: upload.size };
        Ok(put(app, content, wanted, now).await?.id)
    };
    put_and_refer(store, |object| {
        transaction(&app.db, move |tx| Box::pin(keep(tx, caller, session, place, object, now)))
    })
    .await
}

/// What it will be a piece of is not known yet.
fn check_piece(app: &App, bytes: u64) -> Result<()> {
    match bytes <= app.config.limits.font_bytes_max {
        true => Ok(()),
        false => picture::check_size(app, bytes),
    }
}

async fn keep(
    tx: &Tx,
    caller: ProfileId,
    session: UploadSessionId,
    index: i32,
    object: StorageObjectId,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = upload_session::Entity::find_by_id(session).lock_exclusive().one(tx).await?;
    row.filter(|row| row.profile_id == caller).ok_or(Error::NotFound)?;
    let old = upload_chunk::Entity::find_by_id((session, index)).one(tx).await?;
    storage::hold(tx, &[object], now).await?;
    if let Some(old) = old {
        storage::touch(tx, &[old.object_id], &TouchReason::UploadPartReplaced, now).await?;
    }
    let row = upload_chunk::ActiveModel {
        session_id: Set(session),
        index: Set(index),
        created_at: Set(now),
        object_id: Set(object),
    };
    let again = OnConflict::columns([upload_chunk::Column::SessionId, upload_chunk::Column::Index])
        .update_columns([upload_chunk::Column::CreatedAt, upload_chunk::Column::ObjectId])
        .to_owned();
    upload_chunk::Entity::insert(row).on_conflict(again).exec(tx).await?;
    Ok(())
}

/// Puts an upload together as a picture of a file, as [`super::upload_file_media_object`] does with one that came
/// whole. The upload is over then.
///
/// # Errors
/// As there; [`Error::NotFound`] also for an upload that is not the caller's, over or too old; `missing-chunks`.
pub async fn assemble(
    app: &App,
    file: &Editable<file::Model>,
    session: UploadSessionId,
    wanted: NewMedia,
    mtype: String,
    now: DateTime<Utc>,
) -> Result<Taken> {
    // The answer to the first time may have been lost; the pieces are gone then.
    if let Some(row) = made_before(&app.db, file.id, &wanted).await? {
        return Ok(Taken { row, removed: Removed::default() });
    }
    let (whole, size) = whole(app, file.caller(), session, picture::check_size, now).await?;
    let upload = Upload { path: whole.path().to_owned(), size, mtype };
    let picture = accept(app, upload, &MEDIA_TYPES, Some(Thumbnail::MEDIA)).await?;
    let caller = file.caller();
    let row = put_and_refer(
        || store(app, file.id, &wanted, &picture, now),
        |row| transaction(&app.db, move |tx| Box::pin(finish(tx, caller, session, row.clone(), now))),
    )
    .await?;
    Ok(Taken { row, removed: picture.removed })
}

async fn finish(
    tx: &Tx,
    caller: ProfileId,
    session: UploadSessionId,
    row: file_media_object::Model,
    now: DateTime<Utc>,
) -> Result<file_media_object::Model> {
    end(tx, session, TouchReason::UploadAssembled, now).await?;
    insert(tx, caller, row, now).await
}

/// Ends an upload: its pieces are free to go.
///
/// # Errors
/// [`Error::NotFound`] when it is over already.
pub(crate) async fn end(
    tx: &Tx,
    session: UploadSessionId,
    reason: TouchReason,
    now: DateTime<Utc>,
) -> Result<()> {
    let chunks =
        upload_chunk::Entity::find().filter(upload_chunk::Column::SessionId.eq(session)).all(tx).await?;
    let ended = upload_session::Entity::delete_by_id(session).exec(tx).await?;
    if ended.rows_affected == 0 {
        return Err(Error::NotFound);
    }
    let mut objects: Vec<StorageObjectId> = chunks.iter().map(|chunk| chunk.object_id).collect();
    objects.sort_unstable();
    storage::touch(tx, &objects, &reason, now).await
}

/// Ends uploads that nobody put together in time, at most `limit`; how many there were.
pub async fn end_old_sessions(app: &App, now: DateTime<Utc>, limit: u64) -> Result<u64> {
    let tx = platform::db::begin(&app.db).await?;
    let old = upload_session::Entity::find()
        .filter(upload_session::Column::CreatedAt.lte(now - SESSION_AGE_MAX))
        .order_by_asc(upload_session::Column::CreatedAt)
        .limit(limit)
        .lock_with_behavior(
            sea_orm::sea_query::LockType::Update,
            sea_orm::sea_query::LockBehavior::SkipLocked,
        )
        .all(&tx)
        .await?;
    for session in &old {
        end(&tx, session.id, TouchReason::UploadAbandoned, now).await?;
    }
    tx.commit().await?;
    Ok(old.len() as u64)
}

async fn own_session(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    session: UploadSessionId,
    now: DateTime<Utc>,
) -> Result<upload_session::Model> {
    let found = upload_session::Entity::find_by_id(session).one(conn).await?;
    let is_live =
        |row: &upload_session::Model| row.profile_id == caller && row.created_at > now - SESSION_AGE_MAX;
    found.filter(is_live).ok_or(Error::NotFound)
}

/// All pieces one after the other, in a temporary file; `check` refuses what is too large in all.
///
/// # Errors
/// Those of `check`; [`Error::NotFound`] for an upload that is not the caller's, over or too old; `missing-chunks`.
pub(crate) async fn whole(
    app: &App,
    caller: ProfileId,
    session: UploadSessionId,
    check: fn(&App, u64) -> Result<()>,
    now: DateTime<Utc>,
) -> Result<(NamedTempFile, u64)> {
    let session = own_session(&app.db, caller, session, now).await?;
    let pieces = upload_chunk::Entity::find()
        .filter(upload_chunk::Column::SessionId.eq(session.id))
        .order_by_asc(upload_chunk::Column::Index)
        .all(&app.db)
        .await?;
    let found = i64::try_from(pieces.len()).unwrap_or(0);
    if found != i64::from(session.total_chunks) {
        return Err(Error::validation("missing-chunks")
            .hint(format!("{found} of {} parts have come", session.total_chunks))
            .with("expected", Value::Int(session.total_chunks.into()))
            .with("found", Value::Int(found)));
    }
    let mut objects = vec![];
    for piece in &pieces {
        objects.push(storage::find(&app.db, piece.object_id, now).await?.ok_or(Error::NotFound)?);
    }
    let size = objects.iter().map(|object| u64::try_from(object.size).unwrap_or(0)).sum();
    check(app, size)?;
    let whole = app.uploads.file().await.map_err(Error::platform)?;
    let mut out = tokio::fs::File::from_std(whole.reopen().map_err(Error::platform)?);
    for object in objects {
        let mut bytes =
            app.blobs.read(object.backend.as_str(), object.id.0).await.map_err(Error::platform)?;
        while let Some(part) = bytes.try_next().await.map_err(Error::platform)? {
            out.write_all(&part).await.map_err(Error::platform)?;
        }
    }
    out.flush().await.map_err(Error::platform)?;
    Ok((whole, size))
}
