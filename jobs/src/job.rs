//! What a job is: its payload, and the facts beside it.

use std::time::{Duration, Instant};

use atelier_queue::{CronError, Missed, NewJob, Router, Run, Schedule, Twin};
use futures_util::future::BoxFuture;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    JobError,
    ctx::{JobCtx, Process},
};

/// Which slots a job uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Everything that has no queue of its own.
    Default,
    /// Calls to other people's servers, which may be slow.
    Webhooks,
    /// Pictures, fonts and archives: much memory and processor time each.
    Media,
}

impl Queue {
    /// Every queue.
    pub const ALL: [Queue; 3] = [Queue::Default, Queue::Webhooks, Queue::Media];

    /// Its name in the database and in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Queue::Default => "default",
            Queue::Webhooks => "webhooks",
            Queue::Media => "media",
        }
    }
}

/// A job: the struct is its payload, which carries ids only. It may run twice, and it may run after what it is about
/// has gone: both must be fine.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name everywhere, in kebab case.
    const NAME: &'static str;
    /// Whose slots it uses.
    const QUEUE: Queue = Queue::Default;
    /// How often it may be started, 1 to 100. The waits between are 1 s, 2 s, 4 s … at most 1 h.
    const MAX_ATTEMPTS: i16 = 10;
    /// How long one attempt may take.
    const TIMEOUT: Duration = Duration::from_secs(600);
    /// Higher runs first, 0 to 10 000.
    const PRIORITY: i16 = 100;
    /// Can wait for a quiet moment: what the clock starts of it then runs when its worker has nothing else to do, or
    /// after an hour. What a person starts never waits.
    const HOUSEKEEPING: bool = false;
    /// When the clock starts it: six cron fields (second minute hour day month weekday), UTC. It runs with
    /// [`Job::example`] then, and not while the one of an earlier tick is unfinished.
    const SCHEDULE: Option<&'static str> = None;
    /// What becomes of ticks that came while no worker was there.
    const MISSED: Missed = Missed::RunOnce;
    /// What becomes of a job whose twin is there already: see [`Job::unique_key`].
    const TWIN: Twin = Twin::KeepUnfinished;
    /// Fields of the payload, at any depth, that nobody is shown: see [`Entry::shown_payload`].
    const SECRET: &'static [&'static str] = &[];
    /// What [`Job::verify`] looks at, for people.
    const POST_CONDITION: Option<&'static str> = None;

    /// A payload for documents and tests, on ids that do not exist.
    fn example() -> Self;

    /// Of jobs of this kind with the same key only one is kept, as [`Job::TWIN`] says. At most 512 bytes.
    fn unique_key(&self) -> Option<String> {
        None
    }

    /// The team whose work it is.
    fn tenant(&self) -> Option<Uuid> {
        None
    }

    /// Does it.
    ///
    /// # Errors
    /// [`crate::JobError::retry`] when trying again can help, [`crate::JobError::fail`] when it cannot,
    /// [`crate::JobError::snooze`] when it is too early.
    fn run(&self, ctx: &JobCtx) -> impl Future<Output = Result<(), JobError>> + Send;

    /// Looks whether [`Job::POST_CONDITION`] holds after a run that ended well; only then does the job count as done.
    /// Not called when it has none.
    ///
    /// # Errors
    /// As [`Job::run`]: the attempt has failed.
    fn verify(&self, _ctx: &JobCtx) -> impl Future<Output = Result<(), JobError>> + Send {
        async { Ok(()) }
    }

    /// What a run would do now, in a sentence, without doing it. `None`: this job cannot tell.
    ///
    /// # Errors
    /// As [`Job::run`].
    fn rehearse(&self, _ctx: &JobCtx) -> impl Future<Output = Result<Option<String>, JobError>> + Send {
        async { Ok(None) }
    }
}

/// Stands for what nobody is shown.
const HIDDEN: &str = "(hidden)";

/// One line of the list of all jobs.
#[derive(Clone, Copy)]
pub struct Entry {
    /// [`Job::NAME`].
    pub name: &'static str,
    /// What it is for, in a sentence.
    pub summary: &'static str,
    /// [`Job::SECRET`].
    secret: &'static [&'static str],
    /// [`Job::QUEUE`].
    pub queue: Queue,
    /// [`Job::MAX_ATTEMPTS`].
    pub max_attempts: i16,
    /// [`Job::TIMEOUT`].
    pub timeout: Duration,
    /// [`Job::PRIORITY`].
    pub priority: i16,
    /// [`Job::SCHEDULE`].
    pub schedule: Option<&'static str>,
    /// [`Job::example`] as JSON.
    pub example: fn() -> Value,
    /// Checks a payload that came from outside, such as from a command line, and gives what would be enqueued.
    pub(crate) decode: fn(Value) -> Result<NewJob, serde_json::Error>,
    pub(crate) register: fn(Router, &Process) -> Router,
    /// [`Job::POST_CONDITION`].
    pub post_condition: Option<&'static str>,
    pub(crate) rehearse: Rehearse,
    housekeeping: bool,
    missed: Missed,
}

/// [`Job::rehearse`] of a payload.
pub(crate) type Rehearse = fn(Value, JobCtx) -> BoxFuture<'static, Result<Option<String>, JobError>>;

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Entry").field(&self.name).finish()
    }
}

impl Entry {
    /// The line of a job; the summary is the first sentence of its file.
    pub const fn of<J: Job>(summary: &'static str) -> Entry {
        Entry {
            name: J::NAME,
            summary,
            secret: J::SECRET,
            queue: J::QUEUE,
            max_attempts: J::MAX_ATTEMPTS,
            timeout: J::TIMEOUT,
            priority: J::PRIORITY,
            schedule: J::SCHEDULE,
            example: example::<J>,
            decode: decode::<J>,
            register: handler::<J>,
            post_condition: J::POST_CONDITION,
            rehearse: rehearse::<J>,
            housekeeping: J::HOUSEKEEPING,
            missed: J::MISSED,
        }
    }

    /// A payload as people may see it.
    pub fn shown_payload(&self, payload: &Value) -> Value {
        match payload {
            Value::Object(fields) => fields
                .iter()
                .map(|(name, value)| {
                    let hidden = self.secret.contains(&name.as_str());
                    (name.clone(), if hidden { HIDDEN.into() } else { self.shown_payload(value) })
                })
                .collect(),
            Value::Array(items) => items.iter().map(|item| self.shown_payload(item)).collect(),
            other => other.clone(),
        }
    }

    /// What the clock starts, when it does.
    pub(crate) fn schedule(&self) -> Option<Result<Schedule, CronError>> {
        let line = self.schedule?;
        let mut job = NewJob::new(self.queue.name(), self.name, (self.example)());
        job.priority = self.priority;
        job.housekeeping = self.housekeeping;
        job.max_attempts = self.max_attempts;
        job.timeout = Some(self.timeout);
        // Started by hand it has no such key, so that a person never waits for the clock's run.
        job.unique_key = Some("schedule".to_owned());
        Some(Schedule::new(self.name, line, job).map(|schedule| schedule.missed(self.missed)))
    }
}

fn example<J: Job>() -> Value {
    serde_json::to_value(J::example()).unwrap_or(Value::Null)
}

fn decode<J: Job>(payload: Value) -> Result<NewJob, serde_json::Error> {
    new_job(&serde_json::from_value::<J>(payload)?)
}

/// A job with the facts of its kind, ready at once.
pub(crate) fn new_job<J: Job>(job: &J) -> Result<NewJob, serde_json::Error> {
    let mut new = NewJob::new(J::QUEUE.name(), J::NAME, serde_json::to_value(job)?);
    new.priority = J::PRIORITY;
    new.max_attempts = J::MAX_ATTEMPTS;
    new.timeout = Some(J::TIMEOUT);
    new.unique_key = job.unique_key();
    new.twin = J::TWIN;
    new.tenant = job.tenant();
    Ok(new)
}

/// Puts a job behind the queue, timed by name.
fn handler<J: Job>(router: Router, process: &Process) -> Router {
    let process = process.clone();
    router.on(J::NAME, move |run: Run, job: J| {
        let process = process.clone();
        async move {
            let ctx = JobCtx::new(process, run, J::TIMEOUT);
            let timed = Timed(J::NAME, Instant::now());
            let ended = run_and_verify(&job, &ctx).await;
            drop(timed);
            ended
        }
    })
}

async fn run_and_verify<J: Job>(job: &J, ctx: &JobCtx) -> Result<(), JobError> {
    job.run(ctx).await?;
    let Some(what) = J::POST_CONDITION else { return Ok(()) };
    match job.verify(ctx).await {
        Ok(()) => {
            ctx.log(&format!("verified: {what}"));
            Ok(())
        }
        Err(JobError::Fail(error)) => Err(JobError::fail(format!("not so: {what}: {error}"))),
        Err(JobError::Retry(error)) => Err(JobError::retry(format!("not so: {what}: {error}"))),
        Err(later @ JobError::Snooze(_)) => Err(later),
    }
}

fn rehearse<J: Job>(payload: Value, ctx: JobCtx) -> BoxFuture<'static, Result<Option<String>, JobError>> {
    Box::pin(async move {
        let job: J = serde_json::from_value(payload)
            .map_err(|error| JobError::fail(format!("the payload does not decode: {error}")))?;
        job.rehearse(&ctx).await
    })
}

/// Records how long a run took, also when it panicked or was dropped.
struct Timed(&'static str, Instant);

impl Drop for Timed {
    fn drop(&mut self) {
        let ms = self.1.elapsed().as_secs_f64() * 1_000.0;
        metrics::histogram!(platform::metrics::names::TASKS_TIMING, "name" => self.0).record(ms);
    }
}
