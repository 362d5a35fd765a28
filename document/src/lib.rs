//! The drawing and its values, pure: no I/O, no clock, no async.
//!
//! Reading order: `value` is the one typed value that both wire forms meet in, `transit` and `json` read
//! untrusted bytes into it under limits, `file` makes a new file's data, `features` and the list of
//! migrations in `file` say which documents this server understands.

pub mod features;
pub mod file;
pub mod json;
mod lexer;
pub mod limits;
pub mod references;
pub mod transit;
pub mod value;
