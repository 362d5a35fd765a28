//! Teams, their members and invitations, projects and files.

mod invitations;
mod members;
mod permissions;
mod projects;
