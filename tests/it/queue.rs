//! The durable queue under faults that are made for real: killed processes, cut connections, late workers.

mod clock;
mod faults;
mod limits;
mod model;
mod outcomes;
mod setup;
mod steering;
