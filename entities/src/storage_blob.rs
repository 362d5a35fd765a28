//! The bytes of blobs whose backend is the database.

use crate::ids::StorageObjectId;
use sea_orm::entity::prelude::*;

/// The bytes of one blob.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "storage_blob")]
pub struct Model {
    /// Key: the id of the storage object.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StorageObjectId,
    /// Bytes.
    pub data: Vec<u8>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
