//! What a running job has at hand.

use std::time::{Duration, Instant};

use atelier_queue::Run;
use chrono::{DateTime, Utc};
use platform::app::App;

use crate::{
    JobError,
    admin::{Control, Scope},
};

/// The drivers and one attempt.
#[derive(Clone)]
pub struct JobCtx {
    /// Every driver.
    pub app: App,
    run: Run,
    /// A sweep that goes on past this comes back later.
    soft_end: Instant,
}

impl std::fmt::Debug for JobCtx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("JobCtx").field(&self.run).finish()
    }
}

impl JobCtx {
    pub(crate) fn new(app: App, run: Run, timeout: Duration) -> JobCtx {
        JobCtx { app, run, soft_end: Instant::now() + timeout * 9 / 10 }
    }

    /// The job's number.
    pub fn id(&self) -> i64 {
        self.run.id
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> i16 {
        self.run.attempt
    }

    /// The time, moved by the shift of this run.
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.app.now();
        now.checked_add_signed(self.run.clock_shift).unwrap_or(now)
    }

    /// How far the clock of this run is moved; for jobs that it asks for.
    pub fn clock_shift(&self) -> chrono::Duration {
        self.run.clock_shift
    }

    /// Whether the result would no longer count, or the worker is about to leave.
    pub fn cancelled(&self) -> bool {
        self.run.cancelled().is_cancelled()
    }

    /// For the loop of a sweep, between two batches: ends the run early when it is cancelled, or has used nine tenths
    /// of its time. What is left is done by the next run, at once and without using an attempt.
    ///
    /// # Errors
    /// A snooze of no time.
    pub fn go_on(&self) -> Result<(), JobError> {
        if self.cancelled() || Instant::now() >= self.soft_end {
            Err(JobError::snooze(Duration::ZERO))
        } else {
            Ok(())
        }
    }

    /// As [`JobCtx::go_on`], and also when the kind was paused: for long jobs that a person may want to stand still.
    /// The job waits then until the kind is resumed.
    ///
    /// # Errors
    /// A snooze of no time; a retry when the database cannot be asked.
    pub async fn go_on_unless_paused(&self, kind: &str) -> Result<(), JobError> {
        self.go_on()?;
        let controls = crate::admin::controls(&self.app.pool).await.map_err(JobError::retry)?;
        let is_this = |control: &Control| matches!(&control.scope, Scope::Kind(name) if name == kind);
        match controls.iter().any(|control| is_this(control) && control.paused_at.is_some()) {
            true => Err(JobError::snooze(Duration::ZERO)),
            false => Ok(()),
        }
    }

    /// Stands still for a moment of a rate-limited job; ends early when the job is to end.
    pub async fn pause(&self, time: Duration) {
        let _ = tokio::time::timeout(time, self.run.cancelled().cancelled()).await;
    }

    /// Tells how far the job is. Readers see it within 2 s; messages are cut at 300 characters.
    pub fn progress(&self, done: u64, total: Option<u64>, message: &str) {
        self.run.progress(done, total, message);
    }

    /// Keeps one line with the job: the last 50, each at most 300 characters.
    pub fn log(&self, text: &str) {
        self.run.log(text);
    }
}
