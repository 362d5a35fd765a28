//! Who has a role in a file besides the team's and the project's.

use crate::ids::{FileId, ProfileId};
use sea_orm::entity::prelude::*;

/// One role.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_profile_rel")]
pub struct Model {
    /// The file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: FileId,
    /// The member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: ProfileId,
    /// When the role was given.
    pub created_at: DateTimeUtc,
    /// When the role last changed.
    pub modified_at: DateTimeUtc,
    /// May do everything, including deleting.
    pub is_owner: bool,
    /// May manage.
    pub is_admin: bool,
    /// May change.
    pub can_edit: bool,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
