//! Roles in a team, by name and by their stored marks.

use crate::permission::Permissions;

/// What somebody is in a team. Later ones may do less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// May do everything, including deleting. One a team.
    Owner,
    /// May manage members.
    Admin,
    /// May change.
    Editor,
    /// May look.
    Viewer,
}

impl Role {
    /// Its name on the wire and in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }

    /// By its name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Owner, Self::Admin, Self::Editor, Self::Viewer].into_iter().find(|role| role.name() == name)
    }

    /// What it lets do; its first three marks are what is stored.
    pub fn permissions(self) -> Permissions {
        let (owner, admin) = (self == Self::Owner, matches!(self, Self::Owner | Self::Admin));
        Permissions::of_role(owner, admin, self != Self::Viewer)
    }

    /// By what it lets do.
    pub fn of_permissions(held: Permissions) -> Self {
        match held {
            Permissions { is_owner: true, .. } => Self::Owner,
            Permissions { is_admin: true, .. } => Self::Admin,
            Permissions { can_edit: true, .. } => Self::Editor,
            _ => Self::Viewer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_marks_lead_back() {
        for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
            assert_eq!(Role::of_name(role.name()), Some(role));
            assert_eq!(Role::of_permissions(role.permissions()), role);
        }
        assert_eq!(Role::of_name("king"), None);
    }
}
