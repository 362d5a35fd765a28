//! Files and their documents.

mod libraries;
mod scene;
mod stored;
mod update;
mod update_effects;
