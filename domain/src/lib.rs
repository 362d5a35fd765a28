//! The rules: what may be done, by whom, and what it leads to.
//!
//! Functions return what happened. They never enqueue, publish or answer: the callers in `api`, `jobs` and
//! `ops` decide whom to tell. Time is always an argument. Whoever changes a thing must hold a permission
//! value that only `permission` makes.
//!
//! Reading order: `error`, `permission`, then one module per thing.

pub mod access_request;
pub mod access_token;
pub mod admin;
pub mod audit;
pub mod deletion;
pub mod error;
pub mod features;
pub mod feedback;
pub mod file;
pub mod instance;
pub mod invitation;
pub mod mail;
mod mail_suppression;
pub mod media;
pub mod permission;
pub mod profile;
pub mod project;
pub mod quota;
pub mod role;
pub mod session;
pub mod storage;
pub mod team;
pub mod telemetry;
pub mod token;

pub use error::{Error, ErrorKind, Result};
