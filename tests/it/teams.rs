//! Teams, their members and invitations, projects and files.

mod events;
mod invitations;
mod members;
mod permissions;
mod projects;
