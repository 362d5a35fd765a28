//! Small pictures of files, and of boards and components in them: drawn by clients, kept here.

use super::picture::{MEDIA_TYPES, Picture, Upload, accept};
use crate::error::{Error, Result};
use crate::permission::{self, Editable, Viewable};
use crate::storage;
use crate::storage::bucket::{Bucket, FILE_OBJECT_THUMBNAIL, FILE_THUMBNAIL};
use crate::storage::put::{NewBlob, put, put_and_refer};
use crate::storage::reason::TouchReason;
use chrono::{DateTime, Utc};
use entities::file;
use entities::ids::{FileId, ProfileId, StorageObjectId};
use platform::app::App;
use platform::db::{Tx, sql, transaction};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Most small pictures that are listed of one file.
const LIST_MAX: i64 = 20_000;

/// A small picture of a board or a component.
#[derive(Clone, Debug, FromQueryResult)]
pub struct ObjectThumbnail {
    /// The file.
    pub file_id: FileId,
    /// What it is for, such as `frame` or `component`.
    pub tag: String,
    /// What it shows: `<file>/<page>/<shape>/<tag>`.
    pub object_id: String,
    /// Its bytes.
    pub media_id: StorageObjectId,
    /// When there first was one.
    pub created_at: DateTime<Utc>,
    /// When it was last drawn.
    pub updated_at: DateTime<Utc>,
}

/// Which small picture.
#[derive(Clone, Debug)]
pub struct ThumbnailKey {
    /// What it is for.
    pub tag: String,
    /// What it shows; begins with the id of the file.
    pub object_id: String,
}

/// Gives a file another small picture, of one of its revisions, in a transaction of its own; those of earlier ones go.
///
/// # Errors
/// `media-type-not-allowed`, `media-max-file-size-reached`, `invalid-image`, `media-type-mismatch`,
/// `unable-to-parse-svg`, `too-busy`; `revn-conflict` when the file has no such revision yet; [`Error::NotFound`] when
/// it was deleted meanwhile.
pub async fn of_file(
    app: &App,
    file: &Editable<file::Model>,
    revn: i64,
    upload: Upload,
    now: DateTime<Utc>,
) -> Result<StorageObjectId> {
    let picture = accept(app, upload, &MEDIA_TYPES, None).await?;
    let (caller, id) = (file.caller(), file.id);
    put_and_refer(
        || store(app, &FILE_THUMBNAIL, &picture, now),
        |media| transaction(&app.db, move |tx| Box::pin(set_of_file(tx, caller, (id, revn), media, now))),
    )
    .await
}

/// Gives a board or a component another small picture, in a transaction of its own.
///
/// # Errors
/// Those of pictures as [`of_file`]; `params-validation` when what is shown does not begin with the id of the file;
/// [`Error::NotFound`] when the file was deleted meanwhile.
pub async fn of_object(
    app: &App,
    file: &Editable<file::Model>,
    shown: ThumbnailKey,
    upload: Upload,
    now: DateTime<Utc>,
) -> Result<ObjectThumbnail> {
    if file_of(&shown.object_id) != Some(file.id) {
        let hint = "object-id: should begin with the id of the file";
        return Err(Error::validation("params-validation").hint(hint));
    }
    let picture = accept(app, upload, &MEDIA_TYPES, None).await?;
    let (caller, id) = (file.caller(), file.id);
    put_and_refer(
        || store(app, &FILE_OBJECT_THUMBNAIL, &picture, now),
        |media| {
            let shown = shown.clone();
            transaction(&app.db, move |tx| Box::pin(set_of_object(tx, caller, id, shown.clone(), media, now)))
        },
    )
    .await
}

/// Takes the small pictures of boards and components away, whatever they are for. Those that are not there do not
/// matter.
///
/// # Errors
/// [`Error::NotFound`] when the caller may not change one of the files, or something names none.
pub async fn forget(tx: &Tx, caller: ProfileId, objects: Vec<String>, now: DateTime<Utc>) -> Result<u64> {
    let files: Option<BTreeSet<FileId>> = objects.iter().map(|object| file_of(object)).collect();
    let files = files.ok_or(Error::NotFound)?;
    for file in &files {
        permission::file_editor(tx, caller, *file).await?;
    }
    let files: Vec<Uuid> = files.into_iter().map(Uuid::from).collect();
    Ok(tx.execute_raw(sql(FORGET, [files.into(), objects.into(), now.into()])).await?.rows_affected())
}

/// The small pictures in a file, by what they show; those for one purpose, or all, at most 20,000.
///
/// # Errors
/// Those of the database.
pub async fn list(
    conn: &impl ConnectionTrait,
    file: &Viewable<file::Model>,
    tag: Option<String>,
) -> Result<BTreeMap<String, StorageObjectId>> {
    let values = [file.id.0.into(), tag.into(), LIST_MAX.into()];
    let rows = conn.query_all_raw(sql(LIST, values)).await?;
    let entry =
        |row: &sea_orm::QueryResult| Ok((row.try_get("", "object_id")?, row.try_get("", "media_id")?));
    rows.iter().map(entry).collect()
}

/// The file that `<file>/<page>/<shape>/<tag>` names.
fn file_of(object: &str) -> Option<FileId> {
    object.split('/').next()?.parse().ok()
}

async fn store(
    app: &App,
    bucket: &'static Bucket,
    picture: &Picture,
    now: DateTime<Utc>,
) -> Result<StorageObjectId> {
    let Picture { content, mtype, .. } = picture.clone();
    let wanted = NewBlob { bucket, content_type: mtype, expired_at: None, metadata: None };
    Ok(put(app, content, wanted, now).await?.id)
}

async fn set_of_file(
    tx: &Tx,
    caller: ProfileId,
    (file, revn): (FileId, i64),
    media: StorageObjectId,
    now: DateTime<Utc>,
) -> Result<StorageObjectId> {
    if revn > hold_file(tx, caller, file).await? {
        return Err(Error::validation("revn-conflict").hint("the file has no such revision yet"));
    }
    let before = tx.query_one_raw(sql(OLD_OF_FILE, [file.0.into(), revn.into()])).await?;
    storage::hold(tx, &[media], now).await?;
    let values = [file.0.into(), revn.into(), media.0.into(), now.into()];
    tx.execute_raw(sql(SET_OF_FILE, values)).await?;
    tx.execute_raw(sql(FORGET_EARLIER, [file.0.into(), revn.into(), now.into()])).await?;
    replaced(tx, before, media, now).await?;
    Ok(media)
}

async fn set_of_object(
    tx: &Tx,
    caller: ProfileId,
    file: FileId,
    shown: ThumbnailKey,
    media: StorageObjectId,
    now: DateTime<Utc>,
) -> Result<ObjectThumbnail> {
    hold_file(tx, caller, file).await?;
    let ThumbnailKey { tag, object_id } = shown;
    let key = [file.0.into(), tag.clone().into(), object_id.clone().into()];
    let before = tx.query_one_raw(sql(OLD_OF_OBJECT, key)).await?;
    storage::hold(tx, &[media], now).await?;
    let values = [file.0.into(), tag.into(), object_id.into(), media.0.into(), now.into()];
    let row = tx.query_one_raw(sql(SET_OF_OBJECT, values)).await?.ok_or(Error::NotFound)?;
    replaced(tx, before, media, now).await?;
    Ok(ObjectThumbnail::from_query_result(&row, "")?)
}

/// Asked again: reading and storing the picture may have taken a while. A deletion of the file waits until the
/// transaction ends, and then finds what was made. The revision of the file.
async fn hold_file(tx: &Tx, caller: ProfileId, file: FileId) -> Result<i64> {
    let held = tx.query_one_raw(sql(HOLD_FILE, [file.0.into()])).await?.ok_or(Error::NotFound)?;
    permission::file_editor(tx, caller, file).await?;
    Ok(held.try_get("", "revn")?)
}

/// The bytes that were shown until now may be swept, when they are others.
async fn replaced(
    tx: &Tx,
    before: Option<sea_orm::QueryResult>,
    media: StorageObjectId,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(before) = before else { return Ok(()) };
    match before.try_get("", "media_id")? {
        old if old == media => Ok(()),
        old => storage::touch(tx, &[old], &TouchReason::ThumbnailReplaced, now).await,
    }
}

const HOLD_FILE: &str = "
    SELECT f.revn FROM file f WHERE f.id = $1 AND f.deleted_at IS NULL FOR SHARE OF f";

const OLD_OF_FILE: &str = "SELECT media_id FROM file_thumbnail WHERE file_id = $1 AND revn = $2 FOR UPDATE";

const SET_OF_FILE: &str = "
    INSERT INTO file_thumbnail (file_id, revn, media_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)
        ON CONFLICT (file_id, revn) DO UPDATE
       SET media_id = excluded.media_id, updated_at = excluded.updated_at, deleted_at = NULL";

/// They are of the past, and nobody sees them any more.
const FORGET_EARLIER: &str =
    "UPDATE file_thumbnail SET deleted_at = $3 WHERE file_id = $1 AND revn < $2 AND deleted_at IS NULL";

const OLD_OF_OBJECT: &str = "
    SELECT media_id FROM file_tagged_object_thumbnail
     WHERE file_id = $1 AND tag = $2 AND object_id = $3 FOR UPDATE";

const SET_OF_OBJECT: &str = "
    INSERT INTO file_tagged_object_thumbnail (file_id, tag, object_id, media_id, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $5)
        ON CONFLICT (file_id, tag, object_id) DO UPDATE
       SET media_id = excluded.media_id, updated_at = excluded.updated_at, deleted_at = NULL
    RETURNING file_id, tag, object_id, media_id, created_at, updated_at";

/// In the order of keys, so that those who do it at once do not wait for each other.
const FORGET: &str = "
    WITH gone AS (
         SELECT file_id, tag, object_id FROM file_tagged_object_thumbnail
          WHERE file_id = ANY($1) AND object_id = ANY($2) AND deleted_at IS NULL
          ORDER BY file_id, tag, object_id FOR UPDATE)
    UPDATE file_tagged_object_thumbnail t SET deleted_at = $3 FROM gone
     WHERE t.file_id = gone.file_id AND t.tag = gone.tag AND t.object_id = gone.object_id";

const LIST: &str = "
    SELECT object_id, media_id FROM file_tagged_object_thumbnail
     WHERE file_id = $1 AND ($2::text IS NULL OR tag = $2) AND deleted_at IS NULL
     ORDER BY tag, object_id
     LIMIT $3";
