//! What was done to files of late.

use crate::ids::{FileId, ProfileId};
use sea_orm::entity::prelude::*;

/// One batch of changes.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_change")]
pub struct Model {
    /// The file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub file_id: FileId,
    /// What clients call it.
    pub id: Uuid,
    /// The revision that it made.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revn: i64,
    /// The version mark of the file then.
    pub vern: i32,
    /// The revision that its sender knew.
    pub base_revn: i64,
    /// When it was applied.
    pub created_at: DateTimeUtc,
    /// Who sent it. They may be gone.
    pub profile_id: ProfileId,
    /// From which session, as the client calls it.
    pub session_id: Uuid,
    /// The name that its sender gave it, to be known again.
    pub commit_id: Option<Uuid>,
    /// A digest of what was sent, where it has a name.
    pub digest: Option<Vec<u8>>,
    /// The changes, in transit without cache codes.
    pub changes: Vec<u8>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
