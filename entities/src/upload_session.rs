//! Uploads in pieces.

use crate::ids::{ProfileId, UploadSessionId};
use sea_orm::entity::prelude::*;

/// One upload under way.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_session")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UploadSessionId,
    /// When it began.
    pub created_at: DateTimeUtc,
    /// Who uploads.
    pub profile_id: ProfileId,
    /// How many pieces there will be.
    pub total_chunks: i32,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
