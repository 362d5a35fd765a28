//! Which files use which as a library.

use crate::ids::FileId;
use sea_orm::entity::prelude::*;

/// One file that uses another.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_library_link")]
pub struct Model {
    /// The file that uses it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: FileId,
    /// The library.
    #[sea_orm(primary_key, auto_increment = false)]
    pub library_file_id: FileId,
    /// When it was linked.
    pub created_at: DateTimeUtc,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
