//! The pages, one file each.

pub mod actions;
pub mod dead;
pub mod health;
pub mod job;
pub mod jobs;
pub mod overview;
pub mod schedule;
pub mod sign_in;
pub mod steer;
pub mod storage;
