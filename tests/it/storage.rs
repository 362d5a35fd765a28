//! Blobs: every backend, moves, repairs, and what happens when steps break or interleave.

mod backends;
mod command;
mod crash;
mod explain;
mod explain_command;
mod faults;
mod moving;
mod race;
mod scrub;
mod suite;
mod sweeps;
mod swept;
