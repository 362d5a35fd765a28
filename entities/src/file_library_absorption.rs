//! What files still have to take over from libraries that go.

use crate::ids::FileId;
use sea_orm::entity::prelude::*;

/// One file that has to make its own what it uses of a library.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_library_absorption")]
pub struct Model {
    /// The file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: FileId,
    /// The library. It is not purged as long as this row is there.
    #[sea_orm(primary_key, auto_increment = false)]
    pub library_file_id: FileId,
    /// Since when it has to.
    pub created_at: DateTimeUtc,
    /// A job was asked to do it.
    pub is_asked: bool,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
