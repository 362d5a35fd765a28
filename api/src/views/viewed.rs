//! What stands around a file that somebody looks at without drawing in it.

use super::{file::File, permissions::Source};
use crate::wire::{Document, Instant, Set};
use domain::{file::viewed, permission::Link, team::roster::Member};
use entities::{project, team};
use poem_openapi::Object;
use uuid::Uuid;

/// What whoever looks at a file may do.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct ViewerPermissions {
    /// Where the rights come from.
    #[oai(rename = "type")]
    pub source: Source,
    /// May do everything, including deleting.
    pub is_owner: bool,
    /// May manage members.
    pub is_admin: bool,
    /// May change.
    pub can_edit: bool,
    /// May look.
    pub can_read: bool,
    /// Whether the caller is signed in.
    pub is_logged: bool,
    /// Whether the caller is a member of the team.
    pub in_team: bool,
    /// By a link: the pages that it opens.
    #[oai(skip_serializing_if_is_none)]
    pub pages: Option<Set<Uuid>>,
    /// By a link: who may say something on them, `team` or `all` who are signed in.
    #[oai(skip_serializing_if_is_none)]
    pub who_comment: Option<String>,
    /// By a link: who may look at how they are made, likewise.
    #[oai(skip_serializing_if_is_none)]
    pub who_inspect: Option<String>,
}

impl ViewerPermissions {
    /// Those by a role, or by a link.
    pub fn new(viewed: &viewed::Viewed, link: Option<&Link>, is_logged: bool) -> ViewerPermissions {
        let held = viewed.permissions;
        ViewerPermissions {
            source: if link.is_some() { Source::ShareLink } else { Source::Membership },
            is_owner: held.is_owner,
            is_admin: held.is_admin,
            can_edit: held.can_edit,
            can_read: held.can_read,
            is_logged,
            in_team: viewed.is_in_team,
            pages: link.map(|link| link.pages.iter().copied().collect()),
            who_comment: link.map(|link| link.who_comment.as_str().to_owned()),
            who_inspect: link.map(|link| link.who_inspect.as_str().to_owned()),
        }
    }
}

/// The project of the file.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ViewedProject {
    /// Key.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// The team that owns it.
    pub team_id: Uuid,
}

impl From<project::Model> for ViewedProject {
    fn from(row: project::Model) -> ViewedProject {
        ViewedProject { id: row.id.into(), name: row.name, team_id: row.team_id.into() }
    }
}

/// The team of the file.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ViewedTeam {
    /// Key.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub modified_at: Instant,
    /// Whether it is somebody's own first team.
    pub is_default: bool,
    /// Photo, as a storage object.
    pub photo_id: Option<Uuid>,
    /// Document features that are on for the team's files.
    pub features: Set<String>,
    /// What the caller may do.
    pub permissions: ViewerPermissions,
}

impl ViewedTeam {
    /// A row, for whoever may do this.
    pub fn new(row: team::Model, permissions: ViewerPermissions) -> ViewedTeam {
        ViewedTeam {
            id: row.id.into(),
            name: row.name,
            created_at: row.created_at.into(),
            modified_at: row.modified_at.into(),
            is_default: row.is_default,
            photo_id: row.photo_id.map(Uuid::from),
            features: row.features.into_iter().collect(),
            permissions,
        }
    }
}

/// A member of the team.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct ViewedMember {
    /// Key.
    pub id: Uuid,
    /// Address; to whoever is no member only a hint of it.
    pub email: String,
    /// Name.
    pub name: String,
    /// The same.
    pub fullname: String,
    /// Photo, as a storage object.
    pub photo_id: Option<Uuid>,
    /// Always true.
    pub can_read: bool,
    /// To members: whether the address was confirmed.
    #[oai(skip_serializing_if_is_none)]
    pub is_active: Option<bool>,
    /// To members: whether the team is theirs.
    #[oai(skip_serializing_if_is_none)]
    pub is_owner: Option<bool>,
    /// To members: whether they manage members.
    #[oai(skip_serializing_if_is_none)]
    pub is_admin: Option<bool>,
    /// To members: whether they may change things.
    #[oai(skip_serializing_if_is_none)]
    pub can_edit: Option<bool>,
}

impl ViewedMember {
    /// Somebody, for a member or for somebody else.
    pub fn new(row: Member, to_member: bool) -> ViewedMember {
        ViewedMember {
            id: row.profile_id.into(),
            email: row.email,
            name: row.fullname.clone(),
            fullname: row.fullname,
            photo_id: row.photo_id.map(Uuid::from),
            can_read: true,
            is_active: to_member.then_some(row.is_active),
            is_owner: to_member.then_some(row.is_owner),
            is_admin: to_member.then_some(row.is_admin),
            can_edit: to_member.then_some(row.can_edit),
        }
    }
}

/// A library of the file, with its document.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct ViewedLibrary {
    /// The library.
    #[oai(flatten)]
    pub file: File,
    /// Its changes before this moment are in the file; null when none were fetched.
    pub synced_at: Option<Instant>,
    /// Whether it is a library of a library only.
    pub is_indirect: bool,
}

impl ViewedLibrary {
    /// A library with its document.
    pub fn new(library: viewed::Library, data: Document) -> ViewedLibrary {
        ViewedLibrary {
            file: File::new(library.file, library.listed.team_id, data),
            synced_at: library.listed.synced_at.map(Instant::from),
            is_indirect: library.listed.is_indirect,
        }
    }
}
