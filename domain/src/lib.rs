//! The rules: what may be done, by whom, and what it leads to.
//!
//! Functions return what happened, and what has to follow it (`follow_up`): they never enqueue, publish or answer.
//! Time is always an argument. Whoever changes a thing must hold a permission value that only `permission` makes;
//! whoever acts in other people's place, the proof of operators, which is not made here at all.
//!
//! Reading order: `error`, `permission`, `event`, `follow_up`, then one module per thing.

pub mod access_request;
pub mod access_token;
pub mod admin;
pub mod audit;
mod chosen;
pub mod comment;
pub mod deletion;
pub mod error;
pub mod event;
pub mod features;
pub mod feedback;
pub mod file;
pub mod follow_up;
pub mod font;
pub mod instance;
pub mod invitation;
pub mod mail;
mod mail_suppression;
pub mod media;
pub mod moving;
pub mod permission;
pub mod profile;
pub mod project;
pub mod quota;
pub mod role;
pub mod session;
pub mod share_link;
pub mod storage;
pub mod team;
pub mod telemetry;
pub mod template;
pub mod token;
pub mod watch;
pub mod webhook;

pub use error::{Error, ErrorKind, Result};
