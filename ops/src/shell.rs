//! The shell: lines of the command line, carried out by a running instance that listens on a socket for its owner only.
//!
//! Reading order: `wire` (what is said), `grammar` (what a line may be), `socket` (who may say it), `session` (one line
//! after another), `prompt` (the other end).

pub(crate) mod grammar;
pub(crate) mod prompt;
mod session;
pub(crate) mod socket;
pub(crate) mod wire;
