//! What the caller may do with an object.

use poem_openapi::{Enum, Object};

/// Where the rights come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "PermissionSource", rename_all = "kebab-case")]
pub enum Source {
    /// A role in the team, the project or the file.
    Membership,
    /// A link that shares the file.
    ShareLink,
}

/// What the caller may do with the object.
#[derive(Debug, Clone, Copy, Object)]
#[oai(rename_all = "camelCase")]
pub struct Permissions {
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
}

impl From<domain::permission::Permissions> for Permissions {
    fn from(held: domain::permission::Permissions) -> Self {
        Permissions {
            source: Source::Membership,
            is_owner: held.is_owner,
            is_admin: held.is_admin,
            can_edit: held.can_edit,
            can_read: held.can_read,
            is_logged: true,
        }
    }
}
