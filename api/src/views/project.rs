//! A project: the folder of files.

use crate::wire::Instant;
use entities::project::Model;
use poem_openapi::Object;
use uuid::Uuid;

/// A project: the folder of files.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Project {
    /// Key.
    pub id: Uuid,
    /// The team that owns it.
    pub team_id: Uuid,
    /// Name shown to members.
    pub name: String,
    /// Whether it is the team's drafts project.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Instant,
    /// When it, or a file in it, last changed.
    pub modified_at: Instant,
    /// When it is purged; null while it lives.
    pub deleted_at: Option<Instant>,
}

impl From<Model> for Project {
    fn from(row: Model) -> Self {
        Project {
            id: row.id.into(),
            team_id: row.team_id.into(),
            name: row.name,
            is_default: row.is_default,
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            deleted_at: row.deleted_at.map(Instant::from),
        }
    }
}
