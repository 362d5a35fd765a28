//! The durable queue under faults that are made for real: killed processes, cut connections, late workers.

mod admin;
mod chaos;
mod clock;
mod command;
mod crash_points;
mod each_job;
mod every_job;
mod faults;
mod follow_up;
mod guard;
mod limits;
mod model;
mod outcomes;
mod plans;
mod setup;
mod upgrade;
mod worker_process;
