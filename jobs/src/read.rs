//! What people and programs see of jobs.
//!
//! `list` gives a page, youngest first; `show` one job, whatever its state; `wait` one job when it has ended.

pub use atelier_queue::read::{Failure, Filter, PAGE_MAX, Shown, State, list, show, wait};
