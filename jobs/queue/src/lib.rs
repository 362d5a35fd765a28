#![doc = include_str!("../README.md")]

mod ack;
mod backend;
mod claim;
mod connection;
mod cron_line;
mod drain;
mod engine;
mod enqueue;
mod lease;
mod maintain;
mod outcome;
mod progress;
pub mod read;
mod router;
mod run;
mod schema;
mod slots;
mod sql;
mod wake;
mod worker;

pub use cron_line::{CronError, Schedule};
pub use drain::{Drained, drain};
pub use engine::{Backoff, Config};
pub use enqueue::{
    Bind, EnqueueError, Insert, NewJob, PAYLOAD_BYTES_MAX, UNIQUE_KEY_BYTES_MAX, enqueue, enqueue_batch,
};
pub use outcome::JobError;
pub use router::Router;
pub use run::Run;
pub use schema::{InstallError, SCHEMA, VERSION, install, is_installed, prune};
pub use wake::Waker;
pub use worker::{WorkerError, run};
