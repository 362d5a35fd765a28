//! What several methods answer, with exactly the wire's field names.

pub mod access_token;
pub mod asset;
pub mod comment;
pub mod file;
pub mod file_change;
pub mod font;
pub mod invitation;
pub mod library;
pub mod media;
pub mod ordered_set;
pub mod permissions;
pub mod profile;
pub mod project;
pub mod role;
pub mod share_link;
pub mod snapshot;
pub mod team;
pub mod viewed;
pub mod webhook;
