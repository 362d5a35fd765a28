//! Files and their documents.

mod crash;
mod past;
mod random;
mod reads;
mod restore;
mod restore_faults;
mod restore_random;
mod scene;
mod snapshot_sweep;
mod snapshots;
mod stored;
mod update;
mod update_effects;
