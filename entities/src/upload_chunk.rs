//! The pieces of uploads.

use crate::ids::{StorageObjectId, UploadSessionId};
use sea_orm::entity::prelude::*;

/// One piece.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_chunk")]
pub struct Model {
    /// The upload.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: UploadSessionId,
    /// Its place, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub index: i32,
    /// When it came.
    pub created_at: DateTimeUtc,
    /// Its bytes.
    pub object_id: StorageObjectId,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
