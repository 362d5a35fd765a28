//! How much of something somebody may have, where it differs from the setting.

use crate::ids::{FileId, ProfileId, ProjectId, TeamId};
use sea_orm::entity::prelude::*;

/// One quote. The ids say for whom and where it holds.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_quote")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What is counted.
    pub target: String,
    /// How many.
    pub quote: i64,
    /// For this person only.
    pub profile_id: Option<ProfileId>,
    /// In this project only.
    pub project_id: Option<ProjectId>,
    /// In this team only.
    pub team_id: Option<TeamId>,
    /// In this file only.
    pub file_id: Option<FileId>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
