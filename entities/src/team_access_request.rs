//! Requests to be let into a team.

use crate::ids::{AccessRequestId, ProfileId, TeamId};
use sea_orm::entity::prelude::*;

/// One request.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "team_access_request")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessRequestId,
    /// The team.
    pub team_id: TeamId,
    /// Who asks.
    pub requester_id: ProfileId,
    /// Until then the same person cannot ask again.
    pub valid_until: DateTimeUtc,
    /// Until then an invitation of this person lets them in at once.
    pub auto_join_until: DateTimeUtc,
    /// When somebody first asked.
    pub created_at: DateTimeUtc,
    /// When they last asked.
    pub updated_at: DateTimeUtc,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The request of a person for a team.
    pub fn of(team: TeamId, requester: ProfileId) -> Select<Self> {
        Self::find().filter(Column::TeamId.eq(team)).filter(Column::RequesterId.eq(requester))
    }
}
