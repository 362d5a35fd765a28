//! A team as one of its members sees it.

use super::permissions::Permissions;
use crate::wire::{Instant, Set};
use entities::team::Model;
use poem_openapi::Object;
use uuid::Uuid;

/// A team as one of its members sees it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Team {
    /// Key.
    pub id: Uuid,
    /// Name shown to members.
    pub name: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub modified_at: Instant,
    /// When it is purged; null while it lives.
    pub deleted_at: Option<Instant>,
    /// Whether it is the caller's own default team.
    pub is_default: bool,
    /// Photo, as a storage object.
    pub photo_id: Option<Uuid>,
    /// Document features that are on for the team's files.
    pub features: Set<String>,
    /// What the caller may do.
    pub permissions: Permissions,
}

impl Team {
    /// A row, seen by a member with these rights.
    pub fn new(row: Model, is_default: bool, permissions: domain::permission::Permissions) -> Team {
        Team {
            id: row.id.into(),
            name: row.name,
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            deleted_at: row.deleted_at.map(Instant::from),
            is_default,
            photo_id: row.photo_id.map(Uuid::from),
            features: row.features.into_iter().collect(),
            permissions: permissions.into(),
        }
    }
}

impl From<domain::team::Membership> for Team {
    fn from(member: domain::team::Membership) -> Self {
        Team::new(member.team, member.is_own_default, member.permissions)
    }
}
