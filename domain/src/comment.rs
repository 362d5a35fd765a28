//! Comments on designs: threads at places of pages, what is said in them, and who has read it.
//!
//! A thread always has a comment: it goes with its last one. What somebody who is gone has said stays, without a name.
//! Whoever changes something about a thread holds its row ([`find`]).

pub mod change;
pub mod find;
pub mod list;
pub mod mention;
pub mod notice;
pub mod read;
pub mod say;
