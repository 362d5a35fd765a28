//! Projects.

use crate::ids::{ProjectId, TeamId};
use sea_orm::entity::prelude::*;

/// One project.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "project")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProjectId,
    /// Owner of the project.
    pub team_id: TeamId,
    /// When the project was made.
    pub created_at: DateTimeUtc,
    /// When the project or a file in it last changed.
    pub modified_at: DateTimeUtc,
    /// Hidden once set, purged once passed.
    pub deleted_at: Option<DateTimeUtc>,
    /// The team's drafts project; cannot be deleted by itself.
    pub is_default: bool,
    /// Name shown to members.
    pub name: String,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Projects that are not deleted.
    pub fn alive() -> Select<Self> {
        Self::find().filter(Column::DeletedAt.is_null())
    }

    /// Projects of a team that are not deleted.
    pub fn of_team(team: TeamId) -> Select<Self> {
        Self::alive().filter(Column::TeamId.eq(team))
    }
}
