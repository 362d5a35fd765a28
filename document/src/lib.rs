//! The drawing, pure: no I/O, no clock, no async. Its values and their wire forms are the crate `transit`.

mod applied_tokens;
pub mod apply;
pub mod change;
mod closeness;
mod component_root;
mod effect;
pub mod fault;
pub mod features;
pub mod file;
pub mod geometry;
pub mod join;
pub mod limits;
mod operation;
mod order;
mod params;
pub mod part;
pub mod references;
pub mod schema;
pub mod split;
pub mod stop;
mod sync_group;
mod text_difference;
mod tree;
mod work;
pub mod working_set;
