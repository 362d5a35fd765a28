//! The queue against a model that is simple enough to be right: random plans, each step compared.
//!
//! A failing plan is printed with its seed. `ATELIER_TEST_MODEL_SEEDS=17` or `=1..200` runs others than the usual ones.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex},
    time::Duration,
};

use atelier_queue::{
    Backoff, Config, JobError, NewJob, Router, Run, Twin,
    admin::{Action, Target},
    enqueue, read,
    read::State,
};
use platform::config::environment;
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::setup::TestQueue;

const STEPS: usize = 40;
const HOUR: Duration = Duration::from_secs(3_600);

/// How one attempt goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Play {
    Well,
    Error,
    Panic,
    Fail,
    Snooze,
    /// Its worker is killed, and its lease ends.
    Crash,
    /// Its worker is held up until its lease has ended and somebody else rescued the job, and reports then.
    Late,
    /// Somebody cancels it while it runs, and then its worker is killed.
    CancelledThenCrash,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Enqueue {
        max_attempts: i16,
        key: Option<u8>,
        twin: Twin,
        later: bool,
    },
    EnqueueAndRollBack,
    /// Of the job with this number, modulo the jobs there are.
    Attempt(usize, Play),
    Apply(usize, Action),
}

fn plan(seed: u64) -> Vec<Step> {
    let mut random = StdRng::seed_from_u64(seed);
    let plays = [
        Play::Well,
        Play::Error,
        Play::Error,
        Play::Panic,
        Play::Fail,
        Play::Snooze,
        Play::Crash,
        Play::Late,
        Play::CancelledThenCrash,
    ];
    let actions = [Action::Cancel, Action::Retry, Action::Retry, Action::Discard, Action::RunNow];
    let twins = [Twin::KeepUnfinished, Twin::KeepWaiting, Twin::Replace];
    let mut step = |_| match random.random_range(0..20) {
        0..6 => Step::Enqueue {
            max_attempts: random.random_range(1..4),
            key: random.random_bool(0.6).then(|| random.random_range(0..2)),
            twin: *twins.choose(&mut random).expect("some"),
            later: random.random_bool(0.3),
        },
        6 => Step::EnqueueAndRollBack,
        7..15 => Step::Attempt(random.random_range(0..100), *plays.choose(&mut random).expect("some")),
        _ => Step::Apply(random.random_range(0..100), *actions.choose(&mut random).expect("some")),
    };
    (0..STEPS).map(&mut step).collect()
}

/// What the model knows of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Job {
    state: State,
    attempt: i16,
    errors: usize,
    max_attempts: i16,
    key: Option<u8>,
    gives_key_up: bool,
}

impl Job {
    fn waits(&self) -> bool {
        matches!(self.state, State::Scheduled | State::Ready)
    }

    /// One attempt, from its start to what becomes of it.
    fn play(&mut self, play: Play) {
        self.attempt += 1;
        if self.gives_key_up {
            self.key = None;
        }
        let exhausted = self.attempt >= self.max_attempts;
        self.errors += usize::from(!matches!(play, Play::Well | Play::Snooze));
        self.state = match play {
            Play::Well => State::Done,
            Play::Fail => State::Dead,
            Play::CancelledThenCrash => State::Cancelled,
            Play::Error | Play::Panic | Play::Crash | Play::Late if exhausted => State::Dead,
            Play::Crash | Play::Late => State::Ready,
            Play::Error | Play::Panic => State::Scheduled,
            Play::Snooze => {
                self.attempt -= 1;
                State::Scheduled
            }
        };
    }
}

/// Jobs by id.
#[derive(Debug, Default)]
struct Model(BTreeMap<i64, Job>);

impl Model {
    fn holder(&self, key: Option<u8>) -> Option<i64> {
        let key = key?;
        self.0.iter().find(|(_, job)| job.waits() && job.key == Some(key)).map(|(id, _)| *id)
    }

    fn apply(&mut self, id: i64, action: Action) {
        let twin = self.holder(self.0[&id].key).is_some();
        let job = self.0.get_mut(&id).expect("known");
        match action {
            Action::Cancel if job.waits() => {
                job.state = State::Cancelled;
                job.errors += 1;
            }
            Action::Retry if action.applies_to().contains(&job.state) && !twin => {
                job.state = State::Ready;
                job.attempt = 0;
                job.gives_key_up = false;
            }
            Action::Discard if job.state == State::Dead => job.state = State::Discarded,
            Action::RunNow if job.state == State::Scheduled => job.state = State::Ready,
            _ => {}
        }
    }
}

/// The queue, driven one attempt at a time.
struct Real {
    queue: TestQueue,
    next: Arc<Mutex<Play>>,
    started: Arc<Semaphore>,
    go_on: Arc<Semaphore>,
}

impl Real {
    async fn new() -> Real {
        let none = || Arc::new(Semaphore::new(0));
        Real {
            queue: TestQueue::new().await,
            next: Arc::new(Mutex::new(Play::Well)),
            started: none(),
            go_on: none(),
        }
    }

    fn router(&self) -> Router {
        let (next, started, go_on) = (self.next.clone(), self.started.clone(), self.go_on.clone());
        Router::new().on("play", move |_: Run, _: Value| {
            let (play, started, go_on) = (*next.lock().expect("no panic"), started.clone(), go_on.clone());
            async move {
                match play {
                    Play::Well => Ok(()),
                    Play::Error => Err(JobError::retry("error")),
                    Play::Panic => panic!("panic"),
                    Play::Fail => Err(JobError::fail("fail")),
                    Play::Snooze => Err(JobError::snooze(HOUR)),
                    Play::Crash | Play::Late | Play::CancelledThenCrash => {
                        started.add_permits(1);
                        go_on.acquire().await.expect("is open").forget();
                        Ok(())
                    }
                }
            }
        })
    }

    /// Whether the attempt took place.
    async fn attempt(&self, id: i64, play: Play) -> bool {
        *self.next.lock().expect("no panic") = play;
        let config = Config { backoff: Backoff { first: HOUR, longest: HOUR }, ..Config::default() };
        let (pool, router) = (self.queue.pool.clone(), self.router());
        let mut running =
            tokio::spawn(
                async move { atelier_queue::run_one(&pool, config, router, id).await.expect("runs") },
            );
        tokio::select! {
            had = &mut running => had.expect("no panic"),
            started = self.started.acquire() => {
                started.expect("is open").forget();
                if play == Play::CancelledThenCrash {
                    self.apply(id, Action::Cancel).await;
                }
                if play != Play::Late {
                    running.abort();
                    let _ = (&mut running).await;
                }
                self.rescue().await;
                if play == Play::Late {
                    self.go_on.add_permits(1);
                    running.await.expect("no panic");
                }
                true
            }
        }
    }

    /// Ends every lease, and waits until somebody noticed.
    async fn rescue(&self) {
        self.queue
            .run_sql("update queue.job set lease_until = now() - interval '1 second' where state = 2")
            .await;
        let worker = self.queue.work(Config { queues: vec![("nothing".into(), 1)], ..Config::default() });
        self.queue.reaches("select 1 - least(1, count(*)) from queue.job where state = 2", 1).await;
        worker.stop().await;
    }

    async fn apply(&self, id: i64, action: Action) {
        let done = atelier_queue::admin::apply(&self.queue.pool, action, &Target::Ids(vec![id]), "eve").await;
        done.expect("is done");
    }

    async fn step(&self, model: &mut Model, step: Step) {
        let ids: Vec<i64> = model.0.keys().copied().collect();
        match step {
            Step::Enqueue { max_attempts, key, twin, later } => {
                self.enqueue(model, max_attempts, key, twin, later).await;
            }
            Step::EnqueueAndRollBack => {
                let mut tx = self.queue.pool.begin().await.expect("begins");
                enqueue(&mut *tx, NewJob::new("default", "play", json!({}))).await.expect("enqueues");
                tx.rollback().await.expect("rolls back");
            }
            Step::Attempt(n, play) => {
                let Some(id) = ids.get(n % ids.len().max(1)) else { return };
                let job = model.0.get_mut(id).expect("known");
                assert_eq!(self.attempt(*id, play).await, job.waits());
                if job.waits() {
                    job.play(play);
                }
            }
            Step::Apply(n, action) => {
                let Some(id) = ids.get(n % ids.len().max(1)) else { return };
                self.apply(*id, action).await;
                model.apply(*id, action);
            }
        }
    }

    async fn enqueue(&self, model: &mut Model, max_attempts: i16, key: Option<u8>, twin: Twin, later: bool) {
        let job = NewJob {
            max_attempts,
            unique_key: key.map(|key| format!("key {key}")),
            twin,
            delay: if later { chrono::Duration::hours(1) } else { chrono::Duration::zero() },
            ..NewJob::new("default", "play", json!({}))
        };
        let id = enqueue(&self.queue.pool, job).await.expect("enqueues");
        let holder = model.holder(key);
        match (holder, twin) {
            (Some(holder), Twin::Replace) => assert_eq!(id, Some(holder)),
            (Some(_), _) => {
                assert_eq!(id, None);
                return;
            }
            (None, _) => assert!(id.is_some_and(|id| !model.0.contains_key(&id))),
        }
        let state = if later { State::Scheduled } else { State::Ready };
        let gives_key_up = twin != Twin::KeepUnfinished;
        let job = Job { state, attempt: 0, errors: 0, max_attempts, key, gives_key_up };
        model.0.insert(id.expect("just seen"), job);
    }

    /// Every job is where the model has it, in one place only.
    async fn compare(&self, model: &Model) -> Result<(), String> {
        for (id, job) in &model.0 {
            let shown =
                read::show(&self.queue.pool, *id).await.expect("reads").ok_or(format!("{id} is lost"))?;
            let real = (shown.state, shown.attempt, shown.errors.len());
            if real != (job.state, job.attempt, job.errors) {
                return Err(format!("job {id} is {real:?} with {:?}, and should be {job:?}", shown.errors));
            }
        }
        let rows = "select (select count(*) from queue.job) + (select count(*) from queue.job_done) \
            + (select count(*) from queue.job_dead) + (select count(*) from queue.job_cancelled)";
        let rows = usize::try_from(self.queue.count(rows).await).expect("a count");
        if rows == model.0.len() { Ok(()) } else { Err(format!("{rows} rows for {} jobs", model.0.len())) }
    }
}

fn seeds() -> Range<u64> {
    let text = environment().remove("ATELIER_TEST_MODEL_SEEDS").unwrap_or_else(|| "1..9".to_owned());
    let number =
        |text: &str| text.parse::<u64>().expect("ATELIER_TEST_MODEL_SEEDS is a number or like 1..200");
    match text.split_once("..") {
        Some((from, to)) => number(from)..number(to),
        None => number(&text)..number(&text) + 1,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_plans_end_as_the_model_says() {
    for seed in seeds() {
        let plan = plan(seed);
        let (real, mut model) = (Real::new().await, Model::default());
        for (n, step) in plan.iter().enumerate() {
            real.step(&mut model, *step).await;
            if let Err(difference) = real.compare(&model).await {
                panic!("seed {seed}, after step {n}, {step:?}: {difference}\nthe plan: {:#?}", &plan[..=n]);
            }
        }
    }
}
