//! Moments of files that can be looked at and brought back.

use crate::ids::{FileId, ProfileId, SnapshotId};
use sea_orm::entity::prelude::*;

crate::words! {
    /// Who made a snapshot.
    pub enum Creator {
        /// The server: before a restore, or after many changes.
        System = "system",
        /// A person.
        User = "user",
    }
}

/// One moment: the parts of the file that were valid at its revision.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file_snapshot")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SnapshotId,
    /// The file.
    pub file_id: FileId,
    /// The revision that it shows.
    pub revn: i64,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When its name or its lock last changed.
    pub modified_at: DateTimeUtc,
    /// Purged once passed. One of a person is hidden as soon as it is set; one of the system is seen until then.
    pub deleted_at: Option<DateTimeUtc>,
    /// Name shown to members.
    pub label: String,
    /// Who made it.
    pub created_by: Creator,
    /// Whose action made it.
    pub profile_id: Option<ProfileId>,
    /// Who locked it.
    pub locked_by: Option<ProfileId>,
    /// Version of the document's data model then.
    pub version: i32,
    /// Document features in use then.
    pub features: Vec<String>,
    /// Upgrades that the document had been through then, oldest first.
    pub migrations: Vec<String>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
