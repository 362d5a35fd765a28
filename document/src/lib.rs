//! The drawing, pure: no I/O, no clock, no async. Its values and their wire forms are the crate `transit`.
//!
//! Reading order: `file` makes a new file's data; `features` and the list of migrations in `file` say which documents
//! this server understands; `references` finds the ids that stand in one.

pub mod features;
pub mod file;
pub mod references;
