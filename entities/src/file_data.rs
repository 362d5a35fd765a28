//! Documents as the release before wrote them, whole. The main one has the file's own id. Nothing is written here any
//! more, and what is rows already (`file.root_container_id`) is not read here.

use crate::ids::FileId;
use sea_orm::entity::prelude::*;

crate::words! {
    /// What the bytes are.
    pub enum Kind {
        /// The document as it is.
        Main = "main",
        /// The document as it was.
        Snapshot = "snapshot",
        /// A part of it that is read by itself.
        Fragment = "fragment",
    }

    /// Where the bytes are.
    pub enum Backend {
        /// In the row.
        Db = "db",
        /// In the blob that `metadata` names.
        Storage = "storage",
    }
}

/// One document or part of it.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_data")]
pub struct Model {
    /// The file it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: FileId,
    /// Key inside the file; equal to `file_id` for the main document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When the row was made.
    pub created_at: DateTimeUtc,
    /// When the bytes last changed.
    pub modified_at: DateTimeUtc,
    /// Purged once passed.
    pub deleted_at: Option<DateTimeUtc>,
    /// What the bytes are.
    pub kind: Kind,
    /// Where they are.
    pub backend: Backend,
    /// Details of a backend outside the database: plain JSON.
    pub metadata: Option<Json>,
    /// The document in compact transit.
    pub data: Option<Vec<u8>>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The main document of a file, deleted or not.
    pub fn main_of(file: FileId) -> Select<Self> {
        Self::find_by_id((file, file.0))
    }
}
