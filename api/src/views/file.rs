//! A file with its document, and a file in a list.

use super::ordered_set::OrderedSet;
use crate::{
    rpc::format::Format,
    wire::{Document, Instant, Set},
};
use domain::{
    features::Features,
    file::{ListedFile, parts::read::Form},
};
use entities::{file, ids::TeamId};
use poem_openapi::Object;
use uuid::Uuid;

/// A file with its document.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct File {
    /// Key.
    pub id: Uuid,
    /// The project it lies in.
    pub project_id: Uuid,
    /// The team that owns the project.
    pub team_id: Uuid,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub modified_at: Instant,
    /// When it is purged; null while it lives.
    pub deleted_at: Option<Instant>,
    /// Name shown to members.
    pub name: String,
    /// Whether it is published as a library.
    pub is_shared: bool,
    /// Whether pictures that nothing uses were swept since the last change.
    pub has_media_trimmed: bool,
    /// Revision: one more with every change.
    pub revn: i64,
    /// Version mark: another one after a snapshot was restored.
    pub vern: i64,
    /// Version of the document model.
    pub version: i64,
    /// Document features that are on.
    pub features: Set<String>,
    /// Migrations that were applied to the document, in order.
    pub migrations: OrderedSet,
    /// Changes of libraries before this moment are ignored.
    pub ignore_sync_until: Option<Instant>,
    /// Number of the last comment thread.
    pub comment_thread_seqn: i64,
    /// The document.
    pub data: Document,
}

impl File {
    /// A file of a team, with its document.
    pub fn new(row: file::Model, team_id: TeamId, data: Document) -> File {
        File {
            id: row.id.into(),
            project_id: row.project_id.into(),
            team_id: team_id.into(),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            deleted_at: row.deleted_at.map(Instant::from),
            name: row.name,
            is_shared: row.is_shared,
            has_media_trimmed: row.has_media_trimmed,
            revn: row.revn,
            vern: row.vern.into(),
            version: row.version.into(),
            features: row.features.into_iter().collect(),
            migrations: row.migrations.into_iter().collect(),
            ignore_sync_until: row.ignore_sync_until.map(Instant::from),
            comment_thread_seqn: row.comment_thread_seqn.into(),
            data,
        }
    }
}

/// The form in which a caller reads a document. One who declares it gets the shapes of a page as text each, and
/// decodes those that it looks at.
pub fn form(format: Format, client: Option<&Features>) -> Form {
    match format {
        Format::Json => Form::Json,
        Format::TransitVerbose => Form::Verbose,
        Format::Transit if client.is_some_and(|known| known.contains("fdata/objects-map")) => {
            Form::ObjectsMap
        }
        Format::Transit => Form::Transit,
    }
}

/// The form in which a caller reads a page: its shapes are always at hand.
pub fn page_form(format: Format) -> Form {
    form(format, None)
}

/// A file in its project's list.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct FileSummary {
    /// Key.
    pub id: Uuid,
    /// The project it lies in.
    pub project_id: Uuid,
    /// The team that owns the project.
    pub team_id: Uuid,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub modified_at: Instant,
    /// Name shown to members.
    pub name: String,
    /// Revision: one more with every change.
    pub revn: i64,
    /// Version mark: another one after a snapshot was restored.
    pub vern: i64,
    /// Whether it is published as a library.
    pub is_shared: bool,
    /// Thumbnail, as a storage object; null until one was drawn of this revision.
    pub thumbnail_id: Option<Uuid>,
}

impl FileSummary {
    /// A file of a team that was made just now.
    pub fn of_new(row: file::Model, team_id: TeamId) -> FileSummary {
        FileSummary {
            id: row.id.into(),
            project_id: row.project_id.into(),
            team_id: team_id.into(),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            name: row.name,
            revn: row.revn,
            vern: row.vern.into(),
            is_shared: row.is_shared,
            thumbnail_id: None,
        }
    }
}

impl From<ListedFile> for FileSummary {
    fn from(row: ListedFile) -> Self {
        FileSummary {
            id: row.id.into(),
            project_id: row.project_id.into(),
            team_id: row.team_id.into(),
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            name: row.name,
            revn: row.revn,
            vern: row.vern.into(),
            is_shared: row.is_shared,
            thumbnail_id: row.thumbnail_id.map(Uuid::from),
        }
    }
}
