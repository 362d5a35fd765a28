//! Work after the answer: durable jobs, enqueued in the transaction that makes them necessary.
//!
//! Reading order: `all` (every job), `job` (what a job is), `enqueue`, `worker`. To add a job write one file in
//! `all/` and run `make index`. The queue itself is the leaf crate `atelier-queue`, which only this crate names.

pub mod admin;
pub mod all;
mod by_name;
mod ctx;
mod drain;
mod enqueue;
mod job;
pub mod read;
mod replay;
pub mod worker;

pub use atelier_queue::{
    Drained, EnqueueError as Refusal, InstallError, JobError, Missed, Twin, WorkerError, install,
    is_installed,
};
pub use by_name::{enqueue_named, entry};
pub use ctx::JobCtx;
pub use drain::drain;
pub use enqueue::{Enqueue, EnqueueError, Origin, Waker, enqueue};
pub use job::{Entry, Job, Queue};
pub use replay::{Rehearsed, rehearse, replay};
