//! What a running job has at hand.

use std::time::{Duration, Instant};

use atelier_queue::Run;
use chrono::{DateTime, Utc};
use domain::{follow_up::FollowUps, permission::Operator};
use platform::{app::App, db::Tx};

use crate::{
    JobError,
    admin::{Control, Scope},
    after_commit::{JobOf, enqueue_all},
    origin::{Origin, operator_of},
};

/// What the jobs of a process have in common.
#[derive(Clone)]
pub(crate) struct Process {
    /// Every driver.
    pub(crate) app: App,
    /// Whoever runs this process. Jobs get that proof only in the name of whoever asked for them: see
    /// [`JobCtx::operator`].
    pub(crate) operator: Operator,
    /// Handed in, because the jobs that it names are run with what is made here.
    pub(crate) job_of: JobOf,
}

/// The drivers and one attempt.
#[derive(Clone)]
pub struct JobCtx {
    /// Every driver.
    pub app: App,
    process: Process,
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
    pub(crate) fn new(process: Process, run: Run, timeout: Duration) -> JobCtx {
        JobCtx { app: process.app.clone(), process, run, soft_end: Instant::now() + timeout * 9 / 10 }
    }

    /// The job's number.
    pub fn id(&self) -> i64 {
        self.run.id
    }

    /// Which attempt this is, from 1.
    pub fn attempt(&self) -> i16 {
        self.run.attempt
    }

    /// Whether the job is given up when this attempt fails.
    pub fn is_last_attempt(&self) -> bool {
        self.run.attempt >= self.run.max_attempts
    }

    /// The time, moved by the shift of this run.
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.app.now();
        now.checked_add_signed(self.run.clock_shift).unwrap_or(now)
    }

    /// The operator who asked for this job, for acts that only operators may do: its row names them.
    ///
    /// # Errors
    /// A failure when nobody who runs the installation asked for it.
    pub fn operator(&self) -> Result<Operator, JobError> {
        let (name, account) = (self.run.origin.as_ref().and_then(operator_of))
            .ok_or_else(|| JobError::fail("only an operator may ask for this, and none did"))?;
        Ok(self.process.operator.on_behalf_of(name, account))
    }

    /// Commits a change with the jobs that it makes necessary, which are children of this one and have its clock; then
    /// tells whoever listens. How many of the jobs were new.
    ///
    /// # Errors
    /// A retry when the database refuses; nothing was changed then, and nobody is told.
    pub async fn commit(&self, tx: Tx, follow_ups: FollowUps) -> Result<u64, JobError> {
        let (origin, process) = (Origin::job(self.run.id), &self.process);
        let after = enqueue_all(&tx, follow_ups, &origin, self.run.clock_shift, process.job_of).await;
        let after = after.map_err(JobError::retry)?;
        tx.commit().await.map_err(JobError::retry)?;
        let enqueued = after.enqueued;
        // Workers find its jobs when they look, within a second.
        after.publish(&self.app.bus).await;
        Ok(enqueued)
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
