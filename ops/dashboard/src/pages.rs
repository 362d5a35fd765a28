//! The pages, one file each.

pub mod actions;
pub mod dead;
pub mod job;
pub mod jobs;
pub mod overview;
pub mod schedule;
pub mod sign_in;
pub mod steer;
