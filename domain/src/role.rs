//! Roles in a team, and the stored marks that say them.

use crate::permission::Permissions;
pub use entities::team_invitation::Role;

impl From<Role> for Permissions {
    /// What a role lets do; the first three marks are what is stored.
    fn from(role: Role) -> Self {
        let (owner, admin) = (role == Role::Owner, matches!(role, Role::Owner | Role::Admin));
        Permissions::of_role(owner, admin, role != Role::Viewer)
    }
}

impl From<Permissions> for Role {
    /// By what somebody may do.
    fn from(held: Permissions) -> Self {
        match held {
            Permissions { is_owner: true, .. } => Role::Owner,
            Permissions { is_admin: true, .. } => Role::Admin,
            Permissions { can_edit: true, .. } => Role::Editor,
            _ => Role::Viewer,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_lead_back() {
        for role in [Role::Owner, Role::Admin, Role::Editor, Role::Viewer] {
            assert_eq!(Role::from(Permissions::from(role)), role);
        }
    }
}
