//! Files and their documents.

mod check;
mod command;
mod json;
mod repair;
mod scene;
mod sick;
mod stored;
mod update;
mod update_effects;
