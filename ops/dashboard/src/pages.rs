//! The pages, one file each.

pub mod actions;
pub mod bulk;
pub mod dead;
pub mod failing;
pub mod health;
pub mod job;
pub mod jobs;
pub mod mail;
pub mod overview;
pub mod people;
pub mod person;
pub mod person_actions;
pub mod quotas;
pub mod schedule;
pub mod sign_in;
pub mod storage;
pub mod team;
pub mod team_actions;
pub mod teams;
