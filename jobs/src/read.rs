//! What people and programs see of jobs.
//!
//! `list` gives a page, youngest first, `sorted` one in another order; `failing` what is tried again now; `show` one
//! job, whatever its state; `standing` what is before it; `wait` one job when it has ended; `stats` how queues fare,
//! `samples` how they fared; `groups` what dead jobs have in common; `schedules`, `workers` and `actions` what
//! their names say.

pub use atelier_queue::read::{
    ActionShown, Cursor, Depth, FAILING_LOOKED_AT, Failing, Failure, Filter, GROUPS_LOOKED_AT, Group,
    LastRun, Order, PAGE_MAX, Page, QueueStats, Sample, ScheduleShown, Shown, SortedPage, Standing, State,
    WorkerShown, actions, failing, groups, list, newest, samples, schedules, show, sorted, standing, stats,
    wait, workers,
};
