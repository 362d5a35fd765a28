//! People with an account.

use crate::ids::{ProfileId, ProjectId, StorageObjectId, TeamId};
use sea_orm::entity::prelude::*;

/// One account.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "profile")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProfileId,
    /// When the account was made.
    pub created_at: DateTimeUtc,
    /// When the row last changed; also the moment of the last verification mail.
    pub modified_at: DateTimeUtc,
    /// Hidden once set, purged once passed.
    pub deleted_at: Option<DateTimeUtc>,
    /// The name shown to others.
    pub fullname: String,
    /// Lower-case address; unique among rows that are not deleted.
    pub email: String,
    /// Password hash, or `!` when the account has no password.
    pub password: String,
    /// Chosen language.
    pub lang: Option<String>,
    /// Chosen colour theme.
    pub theme: Option<String>,
    /// Made by the demo button.
    pub is_demo: bool,
    /// The address was confirmed.
    pub is_active: bool,
    /// Mail to this address bounced.
    pub is_muted: bool,
    /// Shut out by an administrator.
    pub is_blocked: bool,
    /// Who vouches for the person: `penpot` for a password, else a login provider.
    pub auth_backend: Option<String>,
    /// Free settings: the verbose transit form of a map, as JSON.
    pub props: Option<Json>,
    /// Photo.
    pub photo_id: Option<StorageObjectId>,
    /// The person's own team.
    pub default_team_id: Option<TeamId>,
    /// The drafts project of that team.
    pub default_project_id: Option<ProjectId>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Accounts that are not deleted.
    pub fn alive() -> Select<Self> {
        Self::find().filter(Column::DeletedAt.is_null())
    }

    /// The account with this address, which must already be lower-case.
    pub fn of_email(email: &str) -> Select<Self> {
        Self::alive().filter(Column::Email.eq(email))
    }
}
