//! Which projects a member keeps at the top of a team's page.

use crate::ids::{ProfileId, ProjectId, TeamId};
use sea_orm::entity::prelude::*;

/// One member's mark on one project.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "team_project_profile_rel")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The team.
    pub team_id: TeamId,
    /// The member.
    pub profile_id: ProfileId,
    /// The project.
    pub project_id: ProjectId,
    /// When the mark was set.
    pub created_at: DateTimeUtc,
    /// When the mark last changed.
    pub modified_at: DateTimeUtc,
    /// Kept at the top.
    pub is_pinned: bool,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
