//! Who is in a team, and as what.

use crate::ids::{ProfileId, TeamId};
use sea_orm::entity::prelude::*;

/// One role.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "team_profile_rel")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The team.
    pub team_id: TeamId,
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

/// What is read in one query with it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The team.
    #[sea_orm(belongs_to = "super::team::Entity", from = "Column::TeamId", to = "super::team::Column::Id")]
    Team,
}

impl Related<super::team::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Team.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The memberships of one person.
    pub fn of_profile(profile: ProfileId) -> Select<Self> {
        Self::find().filter(Column::ProfileId.eq(profile))
    }
}
