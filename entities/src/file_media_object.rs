//! Pictures uploaded into files.

use crate::ids::{FileId, MediaId, StorageObjectId};
use sea_orm::entity::prelude::*;

/// One picture.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_media_object")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MediaId,
    /// The file it was uploaded into.
    pub file_id: FileId,
    /// When it was uploaded.
    pub created_at: DateTimeUtc,
    /// Hidden once set, purged once passed.
    pub deleted_at: Option<DateTimeUtc>,
    /// Name shown to members.
    pub name: String,
    /// Width in pixels, as seen.
    pub width: i32,
    /// Height in pixels, as seen.
    pub height: i32,
    /// Media type of the original.
    pub mtype: String,
    /// Used by this file only, not offered by the library.
    pub is_local: bool,
    /// The original.
    pub media_id: StorageObjectId,
    /// A smaller JPEG; none when the original is small already or is a drawing.
    pub thumbnail_id: Option<StorageObjectId>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Pictures that are not deleted.
    pub fn alive() -> Select<Self> {
        Self::find().filter(Column::DeletedAt.is_null())
    }
}
