//! Signed-in browsers.

use crate::ids::{ProfileId, SessionId};
use sea_orm::entity::prelude::*;

/// One signed-in browser.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "http_session")]
pub struct Model {
    /// Key; part of the cookie's token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    /// Who signed in.
    pub profile_id: ProfileId,
    /// When.
    pub created_at: DateTimeUtc,
    /// When the session was last renewed; it ends a maximum age later.
    pub modified_at: DateTimeUtc,
    /// The browser's description of itself.
    pub user_agent: Option<String>,
}

/// What is read in one query with it.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Whose it is.
    #[sea_orm(
        belongs_to = "super::profile::Entity",
        from = "Column::ProfileId",
        to = "super::profile::Column::Id"
    )]
    Profile,
}

impl Related<super::profile::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Profile.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Sessions of one person.
    pub fn of_profile(profile: ProfileId) -> Select<Self> {
        Self::find().filter(Column::ProfileId.eq(profile))
    }
}
