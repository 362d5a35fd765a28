//! Roles in a team.

use poem_openapi::Enum;

/// What somebody is in a team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "kebab-case")]
pub enum Role {
    /// May do everything, including deleting.
    Owner,
    /// May manage members.
    Admin,
    /// May change.
    Editor,
    /// May look.
    Viewer,
}

/// What an invitation can make of somebody: a team is never given away by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "kebab-case")]
pub enum InvitedRole {
    /// May manage members.
    Admin,
    /// May change.
    Editor,
    /// May look.
    Viewer,
}

impl From<Role> for domain::role::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Editor => Self::Editor,
            Role::Viewer => Self::Viewer,
        }
    }
}

impl From<InvitedRole> for domain::role::Role {
    fn from(role: InvitedRole) -> Self {
        match role {
            InvitedRole::Admin => Self::Admin,
            InvitedRole::Editor => Self::Editor,
            InvitedRole::Viewer => Self::Viewer,
        }
    }
}

impl From<domain::role::Role> for Role {
    fn from(role: domain::role::Role) -> Self {
        match role {
            domain::role::Role::Owner => Self::Owner,
            domain::role::Role::Admin => Self::Admin,
            domain::role::Role::Editor => Self::Editor,
            domain::role::Role::Viewer => Self::Viewer,
        }
    }
}
