//! What people do to jobs, queues, kinds and schedules. Every action is recorded with who did it: see
//! [`crate::read::actions`].

pub use atelier_queue::{
    Action, Control, IDS_MAX, LIMIT_MAX, Limits, PRIORITY_MAX, Rate, Scope, SteerError, Target, WINDOW_MAX,
    adjust, controls, count, limit, pause, pause_schedule, resume, resume_schedule, run_schedule, steer,
};
