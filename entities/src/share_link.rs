//! Links that open pages of files to whoever knows them.

use crate::ids::{FileId, ProfileId, ShareLinkId};
use crate::word::OrUnknown;
use sea_orm::entity::prelude::*;

crate::words! {
    /// Whom a link lets do more than look.
    pub enum Audience {
        /// The members of the team, as without it.
        Team = "team",
        /// Whoever is signed in.
        All = "all",
    }
}

/// One link. Its key is all that it takes.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "share_link")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ShareLinkId,
    /// The file.
    pub file_id: FileId,
    /// Who made it; none when they are gone.
    pub owner_id: Option<ProfileId>,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// The pages that it opens, each once. They may be gone.
    pub pages: Vec<Uuid>,
    /// Who may say something on them.
    pub who_comment: OrUnknown<Audience>,
    /// Who may look at how they are made.
    pub who_inspect: OrUnknown<Audience>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
