#![doc = include_str!("../README.md")]

mod ack;
pub mod admin;
mod backend;
mod begin;
mod busy;
mod channel;
mod claim;
mod config;
mod connection;
mod control;
mod cron_line;
mod drain;
mod engine;
mod enqueue;
mod handle;
mod lanes;
mod lease;
mod leases;
mod maintain;
mod outcome;
mod progress;
pub mod read;
mod receipt;
mod replay;
mod router;
mod run;
mod schema;
mod slots;
mod sql;
mod state;
mod turn;
mod wake;
mod worker;

pub use config::{Backoff, Config};
pub use connection::PLAN_SETTINGS;
pub use cron_line::{CronError, Missed, Schedule};
pub use drain::{Drained, drain, run_one};
pub use enqueue::{
    BATCH_MAX, Bind, EnqueueError, Insert, NewJob, PAYLOAD_BYTES_MAX, Twin, UNIQUE_KEY_BYTES_MAX, enqueue,
    enqueue_batch,
};
pub use outcome::JobError;
pub use replay::replay;
pub use router::Router;
pub use run::Run;
pub use schema::{History, InstallError, SCHEMA, VERSION, install, is_installed, prune};
pub use wake::Waker;
pub use worker::{WorkerError, run};
