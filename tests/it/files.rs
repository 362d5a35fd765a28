//! Files and their documents.

mod archives;
mod check;
mod command;
mod crash;
mod day;
mod json;
mod killed;
pub mod libraries;
mod past;
mod random;
mod reads;
mod repair;
mod restore;
mod restore_faults;
mod restore_random;
pub mod scene;
mod sick;
mod snapshot_sweep;
mod snapshots;
mod stored;
mod update;
mod update_effects;
mod update_limits;
