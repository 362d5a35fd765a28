//! Files and their documents.

mod scene;
mod stored;
mod update;
mod update_effects;
