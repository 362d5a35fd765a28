//! The durable queue under faults that are made for real: killed processes, cut connections, late workers.

mod chaos;
mod clock;
mod crash_points;
mod faults;
mod guard;
mod limits;
mod model;
mod outcomes;
mod setup;
mod steering;
