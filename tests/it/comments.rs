//! What people say about designs.

mod access;
mod deletion;
pub(crate) mod mails;
mod mails_away;
mod plans;
mod scene;
mod threads;
mod unread;
