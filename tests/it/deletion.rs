//! What is deleted, what comes back, and both at once.

mod cascade;
mod parts;
mod restore;
mod restore_race;
