//! What people do to jobs, queues, kinds and schedules. Each act is recorded with who did it, in the transaction that
//! does it: see [`crate::read::actions`].

mod bulk;
pub(crate) mod record;
mod schedule;
mod switch;

pub(crate) use bulk::take_back;
pub use bulk::{Action, IDS_MAX, Target, apply, count};
pub use record::AdminError;
pub use schedule::{pause_schedule, resume_schedule, run_schedule};
pub use switch::{LIMIT_MAX, WINDOW_MAX, adjust, limit, pause, resume};

pub use crate::{
    control::{Control, Limits, Rate, Scope, controls},
    enqueue::PRIORITY_MAX,
};
