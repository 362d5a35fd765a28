//! Pictures in files: taking one in, and finding its bytes.

pub mod chunks;
pub mod export;
pub mod photo;
pub mod picture;
pub mod remote;
pub mod thumbnail;
pub mod trim;

use crate::chosen;
use crate::error::{Error, Result};
use crate::permission::{self, Editable, Viewable};
use crate::storage;
use crate::storage::access::{Verdict, Viewer};
use crate::storage::bucket::FILE_MEDIA_OBJECT;
use crate::storage::put::{NewBlob, put, put_and_refer};
use chrono::{DateTime, Utc};
use entities::file_media_object::{ActiveModel, Column, Entity, Model};
use entities::ids::{FileId, MediaId, ProfileId, StorageObjectId};
use entities::{file, storage_object};
use picture::{Picture, Upload, accept};
use platform::app::App;
use platform::db::{Tx, transaction};
use platform::image::Thumbnail;
use platform::svg::Removed;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewMedia {
    /// Chosen by the client; none for a fresh one.
    pub id: Option<MediaId>,
    /// At most 250 characters.
    pub name: String,
    /// Used by this file only, not offered by its library.
    pub is_local: bool,
}

/// A picture that was taken in.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its row.
    pub row: Model,
    /// What went from it, when it is a drawing that acted or loaded from outside.
    pub removed: Removed,
}

/// Takes a picture into a file: checks it, stores it and, when it is larger than 100 × 100 pixels, a small
/// JPEG of it, then writes the row in a transaction of its own. Not for the inside of another: it takes a
/// while, and two connections for one request would let many uploads wait for each other. Bytes whose row
/// never came are swept.
///
/// # Errors
/// In this order: `media-type-not-allowed`, `media-max-file-size-reached`, then `invalid-image`,
/// `media-type-mismatch` or `unable-to-parse-svg`; `object-already-exists` when something else has the chosen id;
/// [`Error::NotFound`] when the file was deleted meanwhile.
pub async fn upload_file_media_object(
    app: &App,
    file: &Editable<file::Model>,
    wanted: NewMedia,
    upload: Upload,
    now: DateTime<Utc>,
) -> Result<Taken> {
    // The answer to the first time may have been lost.
    if let Some(row) = made_before(&app.db, file.id, &wanted).await? {
        return Ok(Taken { row, removed: Removed::default() });
    }
    let picture = accept(app, upload, &picture::MEDIA_TYPES, Some(Thumbnail::MEDIA)).await?;
    let caller = file.caller();
    let row = put_and_refer(
        || store(app, file.id, &wanted, &picture, now),
        |row| transaction(&app.db, move |tx| Box::pin(insert(tx, caller, row.clone(), now))),
    )
    .await?;
    Ok(Taken { row, removed: picture.removed })
}

/// The picture that was made when the same was asked for before; none when nothing has the chosen id.
///
/// # Errors
/// `object-already-exists` when something else has it.
async fn made_before(conn: &impl ConnectionTrait, file: FileId, wanted: &NewMedia) -> Result<Option<Model>> {
    let Some(id) = wanted.id else { return Ok(None) };
    let found = Entity::find_by_id(id).one(conn).await?;
    chosen::same(found, |there| {
        there.file_id == file
            && there.deleted_at.is_none()
            && there.name == wanted.name
            && there.is_local == wanted.is_local
    })
}

/// Stores a picture with its small version; the row that shall refer to them, not yet written.
async fn store(
    app: &App,
    file: FileId,
    wanted: &NewMedia,
    picture: &Picture,
    now: DateTime<Utc>,
) -> Result<Model> {
    let Picture { content, mtype, width, height, thumbnail, removed: _ } = picture.clone();
    let blob = |content_type: &str| NewBlob {
        bucket: &FILE_MEDIA_OBJECT,
        content_type: content_type.to_owned(),
        expired_at: None,
        metadata: None,
    };
    let media_id = put(app, content, blob(&mtype), now).await?.id;
    let thumbnail_id = match thumbnail {
        Some(bytes) => Some(put(app, bytes, blob("image/jpeg"), now).await?.id),
        None => None,
    };
    Ok(Model {
        id: wanted.id.unwrap_or_else(|| MediaId(platform::ids::new_id())),
        file_id: file,
        created_at: now,
        deleted_at: None,
        name: wanted.name.clone(),
        width,
        height,
        mtype,
        is_local: wanted.is_local,
        media_id,
        thumbnail_id,
    })
}

/// Puts a picture of one file into another: a new row with the same bytes. Call it in a transaction.
///
/// # Errors
/// [`Error::NotFound`] when there is no such picture, or the caller may not look at the file it lies in.
pub async fn clone_file_media_object(
    tx: &Tx,
    file: &Editable<file::Model>,
    source: MediaId,
    is_local: bool,
    now: DateTime<Utc>,
) -> Result<Model> {
    let found = Entity::find_by_id(source).filter(Column::DeletedAt.is_null()).one(tx).await?;
    let found = found.ok_or(Error::NotFound)?;
    let _: Viewable<file::Model> = permission::file_viewer(tx, file.caller(), found.file_id).await?;
    let row =
        Model { id: MediaId(platform::ids::new_id()), file_id: file.id, created_at: now, is_local, ..found };
    insert(tx, file.caller(), row, now).await.map_err(|error| match error {
        // The source was purged just now.
        Error::Swept => Error::NotFound,
        other => other,
    })
}

/// Hidden as soon as anything around it is. Whether it is seen is [`permission::FILE_IS_SEEN`], word for word.
const ASSET: &str = "SELECT o.id, o.created_at, o.deleted_at, o.hidden_at, o.expired_at, o.touched_at,
    o.touched_by, o.size, o.backend, o.content_type, o.bucket, o.sha256, o.state, o.is_twin, o.metadata, (
    EXISTS (SELECT 1 FROM team_profile_rel WHERE team_id = t.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM project_profile_rel WHERE project_id = p.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM file_profile_rel WHERE file_id = f.id AND profile_id = $2)
    OR EXISTS (SELECT 1 FROM share_link WHERE id = $3 AND file_id = f.id)) AS is_seen
    FROM file_media_object m
    JOIN file f ON f.id = m.file_id AND f.deleted_at IS NULL
    JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
    JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
    JOIN storage_object o ON o.id = CASE WHEN $4 THEN coalesce(m.thumbnail_id, m.media_id) ELSE m.media_id END
   WHERE m.id = $1 AND m.deleted_at IS NULL AND o.deleted_at IS NULL AND o.state = 'valid'
     AND (o.expired_at IS NULL OR o.expired_at > $5)";

/// The bytes of a picture, or of its small version where it has one, and whether the viewer may read them. None when
/// the picture, its file, project or team is deleted. With `is_open` everyone may.
pub async fn asset(
    conn: &impl ConnectionTrait,
    id: MediaId,
    thumbnail: bool,
    viewer: Viewer,
    is_open: bool,
    now: DateTime<Utc>,
) -> Result<Option<(storage_object::Model, Verdict)>> {
    let person = viewer.profile.map(Uuid::from);
    let values = [id.0.into(), person.into(), viewer.share.into(), thumbnail.into(), now.into()];
    let query = platform::db::sql(ASSET, values);
    let Some(row) = conn.query_one_raw(query).await? else { return Ok(None) };
    let object = storage_object::Model::from_query_result(&row, "")?;
    let verdict = match (is_open, row.try_get("", "is_seen")?) {
        (true, _) => Verdict::Open,
        (false, true) => Verdict::Granted,
        (false, false) => Verdict::Denied,
    };
    Ok(Some((object, verdict)))
}

async fn insert(tx: &Tx, caller: ProfileId, row: Model, now: DateTime<Utc>) -> Result<Model> {
    // Asked again: reading and storing the picture may have taken minutes.
    permission::file_editor(tx, caller, row.file_id).await?;
    touch_file(tx, row.file_id, now).await?;
    // A picture can be its own thumbnail's content, and then both are one object.
    let mut objects: Vec<StorageObjectId> = std::iter::once(row.media_id).chain(row.thumbnail_id).collect();
    // Everybody locks in the order of ids.
    objects.sort_unstable();
    objects.dedup();
    storage::hold(tx, &objects, now).await?;
    let wanted = NewMedia { id: Some(row.id), name: row.name.clone(), is_local: row.is_local };
    let file = row.file_id;
    match chosen::insert(tx, ActiveModel::from(row).reset_all(), Column::Id).await? {
        Some(made) => Ok(made),
        None => made_before(tx, file, &wanted).await?.ok_or_else(Error::id_is_taken),
    }
}

/// The file changed, and has media again that may turn out unused. Refuses a file that was deleted meanwhile,
/// so that nothing is added behind the back of its deletion.
async fn touch_file(conn: &impl ConnectionTrait, id: FileId, now: DateTime<Utc>) -> Result<()> {
    let touched = file::Entity::update_many()
        .col_expr(file::Column::ModifiedAt, Expr::value(now))
        .col_expr(file::Column::HasMediaTrimmed, Expr::value(false))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::DeletedAt.is_null())
        .exec(conn)
        .await?;
    if touched.rows_affected == 0 { Err(Error::NotFound) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_picture_is_seen_as_its_file_is() {
        assert!(super::ASSET.contains(crate::permission::FILE_IS_SEEN));
    }
}
