//! Invitations into teams that wait for an answer.

use crate::ids::{InvitationId, ProfileId, TeamId};
use sea_orm::entity::prelude::*;

crate::words! {
    /// What somebody is in a team. Later ones may do less.
    pub enum Role {
        /// May do everything, including deleting. One a team, who is never invited.
        Owner = "owner",
        /// May manage members.
        Admin = "admin",
        /// May change.
        Editor = "editor",
        /// May look.
        Viewer = "viewer",
    }
}

/// One invitation.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "team_invitation")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    /// The team.
    pub team_id: TeamId,
    /// Lower-case address of the invited person.
    pub email_to: String,
    /// What the invited person will be.
    pub role: Role,
    /// Worthless from this moment on.
    pub valid_until: DateTimeUtc,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it last changed.
    pub updated_at: DateTimeUtc,
    /// Who invited; none when they are gone.
    pub created_by: Option<ProfileId>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The invitation of an address, which must already be lower-case, into a team.
    pub fn of(team: TeamId, email: &str) -> Select<Self> {
        Self::find().filter(Column::TeamId.eq(team)).filter(Column::EmailTo.eq(email))
    }
}
