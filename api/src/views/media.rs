//! A picture in a file.

use crate::{rpc::ctx::Ctx, wire::Instant};
use domain::media::Taken;
use entities::file_media_object::Model;
use poem_openapi::Object;
use transit::value::Value;
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
    /// What was taken out of a drawing because it acts or loads from outside, such as `<script>`, `onload` and
    /// addresses in styles; left out when all of it stayed.
    #[oai(skip_serializing_if_is_none)]
    pub removed: Option<Vec<String>>,
}

impl Media {
    /// A picture that was taken in just now; the call's event says what went from it.
    pub fn taken(ctx: &Ctx, taken: Taken) -> Media {
        let Taken { row, removed } = taken;
        if removed.is_empty() {
            return row.into();
        }
        let counts = removed.iter().map(|(what, times)| Value::Str(format!("{times} × {what}"))).collect();
        ctx.audit().prop("removed", Value::Vec(counts));
        Media { removed: Some(removed.iter().map(|(what, _)| what.to_owned()).collect()), ..row.into() }
    }
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
            removed: None,
        }
    }
}
