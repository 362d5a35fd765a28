//! What people and programs see of jobs.
//!
//! `list` gives a page, youngest first; `show` one job, whatever its state; `wait` one job when it has ended; `stats` how
//! queues fare; `schedules`, `workers` and `actions` what their names say.

pub use atelier_queue::read::{
    ActionShown, Depth, Failure, Filter, LastRun, PAGE_MAX, Page, QueueStats, ScheduleShown, Shown, State,
    WorkerShown, actions, list, schedules, show, stats, wait, workers,
};
