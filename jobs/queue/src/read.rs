//! What people and programs see of jobs: one of them, a page of them, how one ended, how queues fare.

mod about;
mod failing;
mod filter;
mod groups;
mod job;
mod newest;
mod order;
mod page;
mod samples;
mod show;
mod sorted;
mod standing;
mod stats;
mod stretch;

pub use about::{ActionShown, LastRun, ScheduleShown, WorkerShown, actions, schedules, workers};
pub use failing::{FAILING_LOOKED_AT, Failing, failing};
pub use filter::{Filter, PAGE_MAX};
pub use groups::{GROUPS_LOOKED_AT, Group, groups};
pub use job::{Failure, Shown};
pub use newest::newest;
pub use order::{Cursor, Order};
pub use page::{Page, list};
pub use samples::{Sample, samples};
pub use show::{show, wait};
pub use sorted::{SortedPage, sorted};
pub use standing::{AHEAD_MAX, Standing, standing};
pub(crate) use stats::{COUNT_MAX, oldest_ready};
pub use stats::{Depth, QueueStats, stats};

pub use crate::state::State;
