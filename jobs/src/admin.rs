//! What people do to jobs, queues, kinds and schedules. Every action is recorded with who did it: see
//! [`crate::read::actions`].

pub use atelier_queue::admin::{
    Action, AdminError, Control, IDS_MAX, LIMIT_MAX, Limits, PRIORITY_MAX, Rate, Scope, Target, WINDOW_MAX,
    adjust, apply, controls, count, limit, pause, pause_schedule, resume, resume_schedule, run_schedule,
};
