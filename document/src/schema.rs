//! What may be stored: tables of checkers, and the same tables as decoders of what JSON cannot say.
//!
//! `kind` is what a table is made of, `check` refuses, `coerce` decodes; the rest are the tables. Objects are open:
//! attributes that no table names pass and are stored, except in the closed ones.

pub(crate) mod check;
pub(crate) mod coerce;
pub(crate) mod kind;
pub(crate) mod library;
pub(crate) mod page;
pub mod shape;
pub(crate) mod style;
mod text;
pub(crate) mod tokens;
