//! Teams.

use crate::ids::{StorageObjectId, TeamId};
use sea_orm::entity::prelude::*;

/// One team.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "team")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TeamId,
    /// When the team was made.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub modified_at: DateTimeUtc,
    /// Hidden once set, purged once passed.
    pub deleted_at: Option<DateTimeUtc>,
    /// Name shown to members.
    pub name: String,
    /// Somebody's own first team; cannot be deleted by itself.
    pub is_default: bool,
    /// Photo.
    pub photo_id: Option<StorageObjectId>,
    /// Document features switched on for the team's files.
    pub features: Vec<String>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Teams that are not deleted.
    pub fn alive() -> Select<Self> {
        Self::find().filter(Column::DeletedAt.is_null())
    }
}
