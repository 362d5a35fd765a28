//! What the first page of the web app asks for: lists of files, the bin, copies, and moving about.

mod bin;
mod bin_effects;
mod duplicate;
mod duplicate_project;
mod lists;
mod moving;
mod moving_teams;
mod plans;
pub(crate) mod scene;
mod templates;
