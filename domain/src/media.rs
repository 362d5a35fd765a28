//! Pictures in files: taking one in, and finding its bytes.

use crate::error::{Error, Result};
use crate::permission::{self, Editable};
use crate::storage;
use crate::storage::bucket::FILE_MEDIA_OBJECT;
use crate::storage::put::{NewBlob, busy_or_broken, put};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use entities::file_media_object::{ActiveModel, Entity, Model};
use entities::ids::{FileId, MediaId, ProfileId, StorageObjectId};
use entities::{file, storage_object};
use platform::app::App;
use platform::db::Tx;
use platform::image::{self, ImageError, Thumbnail};
use platform::svg::{self, SvgError};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, Statement,
};
use std::path::PathBuf;

/// The media types that are taken.
pub const TYPES: [&str; 5] = ["image/jpeg", "image/png", "image/webp", "image/gif", SVG];

const SVG: &str = "image/svg+xml";

/// A file part as it arrived.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Where its bytes lie for now.
    pub path: PathBuf,
    /// Bytes.
    pub size: u64,
    /// Media type as declared by the client.
    pub mtype: String,
}

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

/// A picture that was checked and made harmless.
struct Accepted {
    bytes: Bytes,
    mtype: String,
    width: i32,
    height: i32,
    thumbnail: Option<Vec<u8>>,
}

/// Takes a picture into a file: checks it, stores it and, when it is larger than 100 × 100 pixels, a small
/// JPEG of it, then writes the row in a transaction of its own. Not for the inside of another: it takes a
/// while, and two connections for one request would let many uploads wait for each other. Bytes whose row
/// never came are swept.
///
/// # Errors
/// In this order: `media-type-not-allowed`, `media-max-file-size-reached`, then `invalid-image`,
/// `media-type-mismatch` or `unable-to-parse-svg`; `object-already-exists` when the chosen id is taken;
/// [`Error::NotFound`] when the file was deleted meanwhile.
pub async fn upload_file_media_object(
    app: &App,
    file: &Editable<file::Model>,
    wanted: NewMedia,
    upload: Upload,
    now: DateTime<Utc>,
) -> Result<Model> {
    let picture = accept(app, upload).await?;
    let blob = |content_type: &str| NewBlob {
        bucket: &FILE_MEDIA_OBJECT,
        content_type: content_type.to_owned(),
        expired_at: None,
        metadata: None,
    };
    let media_id = put(app, picture.bytes, blob(&picture.mtype), now).await?.id;
    let thumbnail_id = match picture.thumbnail {
        Some(bytes) => Some(put(app, bytes.into(), blob("image/jpeg"), now).await?.id),
        None => None,
    };
    let row = Model {
        id: wanted.id.unwrap_or_else(|| MediaId(platform::ids::new_id())),
        file_id: file.id,
        created_at: now,
        deleted_at: None,
        name: wanted.name,
        width: picture.width,
        height: picture.height,
        mtype: picture.mtype,
        is_local: wanted.is_local,
        media_id,
        thumbnail_id,
    };
    platform::db::transaction(&app.db, |tx| Box::pin(insert(tx, file.caller(), row.clone(), now))).await
}

/// Hidden as soon as anything around it is.
const VISIBLE: &str = "
    SELECT m.* FROM file_media_object m
      JOIN file f ON f.id = m.file_id AND f.deleted_at IS NULL
      JOIN project p ON p.id = f.project_id AND p.deleted_at IS NULL
      JOIN team t ON t.id = p.team_id AND t.deleted_at IS NULL
     WHERE m.id = $1 AND m.deleted_at IS NULL";

/// The bytes of a picture, or of its thumbnail where it has one. None when the picture, its file, project or team is
/// deleted.
pub async fn asset(
    conn: &impl ConnectionTrait,
    id: MediaId,
    thumbnail: bool,
    now: DateTime<Utc>,
) -> Result<Option<storage_object::Model>> {
    let query = Statement::from_sql_and_values(DbBackend::Postgres, VISIBLE, [id.0.into()]);
    let Some(media) = Entity::find().from_raw_sql(query).one(conn).await? else { return Ok(None) };
    let object = media.thumbnail_id.filter(|_| thumbnail).unwrap_or(media.media_id);
    storage::find(conn, object, now).await
}

/// Everything that can be wrong with an upload is found here, before anything is stored.
async fn accept(app: &App, upload: Upload) -> Result<Accepted> {
    let declared = upload.mtype.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !TYPES.contains(&declared.as_str()) {
        let hint = format!("pictures are {}", TYPES.join(", "));
        return Err(Error::validation("media-type-not-allowed").hint(hint));
    }
    let bytes_max = app.config.limits.media_bytes_max;
    if upload.size > bytes_max {
        return Err(too_large(bytes_max));
    }
    let (limits, svg_limits) = (app.config.limits.image(), app.config.limits.svg());
    let work = move || {
        // Read here, so that only those that have a slot are in memory.
        let bytes = Bytes::from(std::fs::read(&upload.path).map_err(Error::platform)?);
        match declared.as_str() {
            SVG => accept_svg(&bytes, &svg_limits),
            _ => accept_pixels(bytes, declared, &limits),
        }
    };
    app.cpu.run(work).await.map_err(busy_or_broken)?
}

fn accept_pixels(bytes: Bytes, declared: String, limits: &image::Limits) -> Result<Accepted> {
    let accepted = image::accept(&bytes, &declared, limits, Some(Thumbnail::MEDIA)).map_err(refused_image)?;
    Ok(Accepted {
        bytes,
        mtype: declared,
        width: pixels(accepted.info.width),
        height: pixels(accepted.info.height),
        thumbnail: accepted.thumbnail,
    })
}

/// A drawing is stored without anything that acts or loads, and gets no thumbnail.
fn accept_svg(bytes: &[u8], limits: &svg::Limits) -> Result<Accepted> {
    let clean = svg::sanitise(bytes, limits).map_err(refused_svg)?;
    let size = svg::size(&clean, limits).map_err(refused_svg)?;
    Ok(Accepted {
        bytes: clean.into(),
        mtype: SVG.to_owned(),
        width: pixels(size.width),
        height: pixels(size.height),
        thumbnail: None,
    })
}

fn refused_image(error: ImageError) -> Error {
    match error {
        ImageError::TypeMismatch { found: Some(_), .. } => Error::validation("media-type-mismatch"),
        _ => Error::validation("invalid-image"),
    }
    .hint(error.to_string())
}

fn refused_svg(error: SvgError) -> Error {
    match error {
        SvgError::TooLarge(_) => Error::restriction("media-max-file-size-reached"),
        _ => Error::validation("unable-to-parse-svg"),
    }
    .hint(error.to_string())
}

fn too_large(bytes_max: u64) -> Error {
    Error::restriction("media-max-file-size-reached").hint(format!("a picture has at most {bytes_max} bytes"))
}

fn pixels(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

async fn insert(tx: &Tx, caller: ProfileId, row: Model, now: DateTime<Utc>) -> Result<Model> {
    // Asked again: reading and storing the picture may have taken minutes.
    permission::file_editor(tx, caller, row.file_id).await?;
    if Entity::find_by_id(row.id).one(tx).await?.is_some() {
        return Err(Error::taken());
    }
    touch_file(tx, row.file_id, now).await?;
    // A picture can be its own thumbnail's content, and then both are one object.
    let mut objects: Vec<StorageObjectId> = std::iter::once(row.media_id).chain(row.thumbnail_id).collect();
    // Everybody locks in the order of ids.
    objects.sort_unstable();
    objects.dedup();
    storage::hold(tx, &objects, now).await?;
    ActiveModel::from(row).reset_all().insert(tx).await.map_err(Error::of_insert)
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
