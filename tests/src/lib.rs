//! The harness: a whole Atelier per test, on a database of its own, driven through its front door.
//!
//! `ops/scripts/test` (what `make test` runs) starts the servers and says where they are in
//! `ATELIER_TEST_…` variables; nothing here starts or stops a shared server.

pub mod app;
pub mod cable;
pub mod client;
pub mod collector;
pub mod connection;
pub mod database;
pub mod document;
pub mod drawing;
pub mod factory;
pub mod faults;
pub mod font;
mod left_jobs;
pub mod nginx;
pub mod node;
pub mod person;
pub mod picture;
pub mod postgres;
pub mod process;
pub mod python;
pub mod redis;
pub mod reports;
pub mod s3;
pub mod smtp;
pub mod socket;
pub mod spans;
pub mod statements;
pub mod values;
pub mod web;
