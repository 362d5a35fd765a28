//! What members want of the bin of their team.

use crate::ids::{ProfileId, TeamId};
use sea_orm::entity::prelude::*;

crate::words! {
    /// What somebody wants of files in the bin.
    pub enum Action {
        /// That they come back.
        Restore = "restore",
        /// That they are gone for good.
        Delete = "delete",
    }
}

/// Files in the bin, which a job works through.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "bin_batch")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose bin.
    pub team_id: TeamId,
    /// Who wants it.
    pub profile_id: ProfileId,
    /// What.
    pub action: Action,
    /// Of who asked and of the files.
    pub digest: Vec<u8>,
    /// The files, in order.
    pub file_ids: Vec<Uuid>,
    /// So many of them were looked at.
    pub done: i32,
    /// Those of them that something was done with.
    pub taken: Vec<Uuid>,
    /// When somebody asked.
    pub created_at: DateTimeUtc,
    /// When all of them had been looked at.
    pub finished_at: Option<DateTimeUtc>,
    /// Whoever asked may not any more.
    pub is_refused: bool,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
