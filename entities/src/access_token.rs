//! Personal access tokens. The secret itself is not kept: a row's id inside a sealed token is enough.

use crate::ids::{AccessTokenId, ProfileId};
use sea_orm::entity::prelude::*;

/// One token.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "access_token")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessTokenId,
    /// Whom the token speaks for.
    pub profile_id: ProfileId,
    /// When the token was made.
    pub created_at: DateTimeUtc,
    /// When the row last changed.
    pub updated_at: DateTimeUtc,
    /// Name given by its owner.
    pub name: String,
    /// Extra permissions.
    pub perms: Vec<String>,
    /// Kind, such as `mcp`; none for a plain token.
    #[sea_orm(column_name = "type")]
    pub kind: Option<String>,
    /// Worthless after this moment; none means it does not expire.
    pub expires_at: Option<DateTimeUtc>,
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
    /// Tokens of one person.
    pub fn of_profile(profile: ProfileId) -> Select<Self> {
        Self::find().filter(Column::ProfileId.eq(profile))
    }
}
