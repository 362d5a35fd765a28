//! What people and programs see of jobs.
//!
//! `list` gives a page, youngest first; `show` one job, whatever its state; `wait` one job when it has ended; `stats` how
//! queues fare, `samples` how they fared; `groups` what dead letters have in common; `schedules`, `workers` and `actions` what their names say.

pub use atelier_queue::read::{
    ActionShown, Depth, Failure, Filter, GROUPS_LOOKED_AT, Group, LastRun, PAGE_MAX, Page, QueueStats,
    Sample, ScheduleShown, Shown, State, WorkerShown, actions, groups, list, samples, schedules, show, stats,
    wait, workers,
};
