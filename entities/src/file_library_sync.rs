//! Which changes of libraries are in the files that use them.

use crate::ids::FileId;
use sea_orm::entity::prelude::*;

/// One file and one of its libraries, or a library of those.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_library_sync")]
pub struct Model {
    /// The file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: FileId,
    /// The library.
    #[sea_orm(primary_key, auto_increment = false)]
    pub library_file_id: FileId,
    /// Changes of the library before this moment are in the file.
    pub synced_at: DateTimeUtc,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
