//! The library of tokens: sets of tokens in groups, themes of sets, and which of them are active. It is one part of a
//! document. [`dtcg`] is its file form.
//!
//! Reading order: `library` is the whole; `set`, `token` and `theme` are what it is made of, `tree` is the order of the
//! sets; `sets` and `themes` are what changes do to it; `status` is what is active.

pub mod dtcg;
pub(crate) mod library;
pub mod limits;
pub(crate) mod mint;
pub(crate) mod moments;
pub(crate) mod names;
mod ordered;
mod record;
pub(crate) mod set;
pub(crate) mod sets;
pub(crate) mod status;
pub(crate) mod theme;
mod themes;
pub(crate) mod token;
mod tree;
mod types;
