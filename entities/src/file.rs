//! Design files: everything but the document itself, which is in `file_part`.

use crate::ids::{FileId, ProjectId};
use sea_orm::entity::prelude::*;

/// One file.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "file")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FileId,
    /// Where the file lies.
    pub project_id: ProjectId,
    /// When the file was made.
    pub created_at: DateTimeUtc,
    /// When the file, its document or its media last changed.
    pub modified_at: DateTimeUtc,
    /// Hidden once set, purged once passed.
    pub deleted_at: Option<DateTimeUtc>,
    /// Name shown to members.
    pub name: String,
    /// Published as a library.
    pub is_shared: bool,
    /// Unused media was already looked for since the last change.
    pub has_media_trimmed: bool,
    /// Revision: one more with every change.
    pub revn: i64,
    /// Version mark that a restored file renews, so that older editors reload.
    pub vern: i32,
    /// Version of the document's data model.
    pub version: i32,
    /// Changes of libraries before this moment are ignored.
    pub ignore_sync_until: Option<DateTimeUtc>,
    /// Number of the last comment thread.
    pub comment_thread_seqn: i32,
    /// Document features in use.
    pub features: Vec<String>,
    /// Upgrades already applied to the document, oldest first.
    pub migrations: Vec<String>,
    /// The container of its document (`file_container`); none while that lies in `file_data`.
    pub root_container_id: Option<i64>,
    /// The newest revision that a snapshot shows; -1 when there is none.
    pub pinned_revn: i64,
    /// When a snapshot went, and what only that one showed may still be there; none once it was swept.
    pub unswept_since: Option<DateTimeUtc>,
}

/// No relation is read through the ORM.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Files that are not deleted.
    pub fn alive() -> Select<Self> {
        Self::find().filter(Column::DeletedAt.is_null())
    }
}
