//! Work after the answer: durable jobs, enqueued in the transaction that makes them necessary.
//!
//! Reading order: `all` (every job), `job` (what a job is), `follow_up`, `enqueue`, `worker`. To add a job write
//! one file in `all/` and run `make index`. The queue itself is the leaf crate `atelier-queue`, which only this
//! crate names.

pub mod admin;
mod after_commit;
pub mod all;
mod by_name;
mod ctx;
mod drain;
mod enqueue;
mod follow_up;
mod insert;
mod job;
mod origin;
pub mod read;
mod replay;
mod wake;
pub mod worker;

pub use after_commit::AfterCommit;
pub use atelier_queue::{
    Drained, EnqueueError as Refusal, InstallError, JobError, Missed, Twin, WorkerError, install,
    is_installed,
};
pub use by_name::{enqueue_named, entry};
pub use ctx::JobCtx;
pub use drain::{drain, drain_of};
pub use enqueue::{Enqueue, enqueue};
pub use follow_up::{CommitError, commit, follow_up};
pub use insert::EnqueueError;
pub use job::{Entry, Job, Queue};
pub use origin::Origin;
pub use replay::{Rehearsed, rehearse, replay};
pub use wake::Waker;
