//! Where things are: as much of it as applying changes needs.

pub(crate) mod bounds;
pub(crate) mod completed;
pub(crate) mod matrix;
pub(crate) mod number;
pub mod path;
pub mod path_text;
pub(crate) mod translate;
