//! A picture in a file.

use crate::wire::Instant;
use entities::file_media_object::Model;
use poem_openapi::Object;
use uuid::Uuid;

/// A picture in a file.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Media {
    /// Key.
    pub id: Uuid,
    /// The file it lies in.
    pub file_id: Uuid,
    /// When it was uploaded.
    pub created_at: Instant,
    /// When it is purged; null while it lives.
    pub deleted_at: Option<Instant>,
    /// Name.
    pub name: String,
    /// Width in pixels, as shown.
    pub width: i64,
    /// Height in pixels, as shown.
    pub height: i64,
    /// Media type, such as `image/png`.
    pub mtype: String,
    /// Whether it belongs to a drawing, not to the file's library.
    pub is_local: bool,
    /// The picture, as a storage object.
    pub media_id: Uuid,
    /// The small version, as a storage object; null when the picture is small itself.
    pub thumbnail_id: Option<Uuid>,
}

impl From<Model> for Media {
    fn from(row: Model) -> Self {
        Media {
            id: row.id.into(),
            file_id: row.file_id.into(),
            created_at: row.created_at.into(),
            deleted_at: row.deleted_at.map(Instant::from),
            name: row.name,
            width: row.width.into(),
            height: row.height.into(),
            mtype: row.mtype,
            is_local: row.is_local,
            media_id: row.media_id.into(),
            thumbnail_id: row.thumbnail_id.map(Uuid::from),
        }
    }
}
