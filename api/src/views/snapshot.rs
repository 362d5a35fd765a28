//! Snapshots of a file: in its list, and just made.

use super::ordered_set::OrderedSet;
use crate::wire::{Instant, Set};
use entities::file_snapshot::Model;
use poem_openapi::Object;
use uuid::Uuid;

/// A snapshot in the list of its file.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ListedSnapshot {
    /// Key.
    pub id: Uuid,
    /// Name shown to members.
    pub label: String,
    /// The revision that it shows.
    pub revn: i64,
    /// Version of the document model then.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When its name or its lock last changed.
    pub modified_at: Instant,
    /// `user`, or `system`: before a restore, or before a change after a while.
    pub created_by: String,
    /// Who keeps others from deleting it; null when nobody does.
    pub locked_by: Option<Uuid>,
    /// Whose action made it; null when they are gone.
    pub profile_id: Option<Uuid>,
    /// Its end; null when it stays.
    pub deleted_at: Option<Instant>,
}

impl From<Model> for ListedSnapshot {
    fn from(row: Model) -> Self {
        ListedSnapshot {
            id: row.id.into(),
            label: row.label,
            revn: row.revn,
            version: row.version.into(),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            created_by: row.created_by.as_str().to_owned(),
            locked_by: row.locked_by.map(Uuid::from),
            profile_id: row.profile_id.map(Uuid::from),
            deleted_at: row.deleted_at.map(Instant::from),
        }
    }
}

/// A snapshot that was just made.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct MadeSnapshot {
    /// Key.
    pub id: Uuid,
    /// The revision that it shows.
    pub revn: i64,
    /// Version of the document model.
    pub version: i64,
    /// The file.
    pub file_id: Uuid,
    /// Document features that are on.
    pub features: Set<String>,
    /// Migrations that were applied to the document, in order.
    pub migrations: OrderedSet,
    /// Name shown to members.
    pub label: String,
    /// When it was made.
    pub created_at: Instant,
    /// The same.
    pub modified_at: Instant,
    /// `user`.
    pub created_by: String,
}

impl From<Model> for MadeSnapshot {
    fn from(row: Model) -> Self {
        MadeSnapshot {
            id: row.id.into(),
            revn: row.revn,
            version: row.version.into(),
            file_id: row.file_id.into(),
            features: row.features.into_iter().collect(),
            migrations: row.migrations.into_iter().collect(),
            label: row.label,
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            created_by: row.created_by.as_str().to_owned(),
        }
    }
}
