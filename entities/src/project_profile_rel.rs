//! Who has a role in a project besides the team's.

use crate::ids::{ProfileId, ProjectId};
use sea_orm::entity::prelude::*;

/// One role.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project_profile_rel")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The project.
    pub project_id: ProjectId,
    /// The member.
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
