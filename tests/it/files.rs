//! Files and their documents.

mod crash;
mod random;
mod reads;
mod scene;
mod stored;
mod update;
mod update_effects;
