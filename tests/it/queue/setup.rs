//! A database with the queue's tables, workers on it, and a log of what their handlers did.

use std::time::Duration;

use atelier_queue::{
    Backoff, Config, JobError, NewJob, Router, Run, enqueue, enqueue_batch,
    read::{self, Shown},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sqlx::PgPool;
use tests::database::TestDatabase;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Long enough for any machine; a test that waits so long has failed. No test asks whether something was faster.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// What a job of the kind `act` does.
#[derive(Deserialize)]
struct Act {
    #[serde(default)]
    then: String,
    #[serde(default)]
    ms: u64,
}

/// One queue in a database of its own.
pub struct TestQueue {
    pub uri: String,
    pub pool: PgPool,
}

/// A worker in this process.
pub struct Worker {
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), atelier_queue::WorkerError>>,
}

impl TestQueue {
    pub async fn new() -> TestQueue {
        TestQueue::on(TestDatabase::empty().await.uri).await
    }

    /// On an empty database.
    pub async fn on(uri: String) -> TestQueue {
        let queue = TestQueue::open(uri).await;
        atelier_queue::install(&queue.pool).await.expect("installs");
        atelier_queue::install(&queue.pool).await.expect("installs twice");
        let log = "create table log (id bigint generated always as identity, job bigint, event text, attempt int); \
            create table gate (opened boolean)";
        sqlx::raw_sql(log).execute(&queue.pool).await.expect("tables");
        queue
    }

    /// With a clock that [`TestQueue::move_clock`] moves: every session sees it instead of the server's own.
    pub async fn with_clock() -> TestQueue {
        let queue = TestQueue::new().await;
        queue
            .run_sql(
                "create schema clock; \
                 create table clock.shift (moved interval not null); \
                 insert into clock.shift values ('0'); \
                 create function clock.now() returns timestamptz language sql stable as \
                   $$ select pg_catalog.now() + moved from clock.shift $$; \
                 do $$ begin execute format('alter database %I set search_path = clock, pg_catalog, public', \
                   current_database()); end $$",
            )
            .await;
        TestQueue::open(queue.uri).await
    }

    pub async fn move_clock(&self, by: chrono::Duration) {
        let sql = "update clock.shift set moved = moved + make_interval(secs => $1)";
        let seconds = by.as_seconds_f64();
        sqlx::query(sql).bind(seconds).execute(&self.pool).await.expect("moves");
    }

    /// Jobs that are held go on from now on.
    pub async fn open_gate(&self) {
        self.run_sql("insert into gate values (true)").await;
    }

    pub async fn open(uri: String) -> TestQueue {
        let pool = PgPool::connect(&uri).await.expect("the database answers");
        TestQueue { uri, pool }
    }

    /// Enqueues a job of the kind `act`.
    pub async fn act(&self, then: &str, ms: u64, max_attempts: i16) -> i64 {
        let mut job = NewJob::new("default", "act", json!({"then": then, "ms": ms}));
        job.max_attempts = max_attempts;
        self.put(job).await
    }

    pub async fn put(&self, job: NewJob) -> i64 {
        enqueue(&self.pool, job).await.expect("enqueues").expect("is new")
    }

    /// Enqueues many alike, of a kind and for a tenant.
    pub async fn many(&self, n: usize, kind: &str, tenant: Option<Uuid>, payload: Value) {
        let job = NewJob { tenant, ..NewJob::new("default", kind, json!({})) };
        for chunk in vec![payload; n].chunks(1_000) {
            enqueue_batch(&self.pool, job.clone(), chunk).await.expect("enqueues");
        }
    }

    pub async fn show(&self, id: i64) -> Shown {
        read::show(&self.pool, id).await.expect("reads").expect("is known")
    }

    /// The job when it has ended for good.
    pub async fn ended(&self, id: i64) -> Shown {
        read::wait(&self.pool, id, PATIENCE)
            .await
            .expect("reads")
            .unwrap_or_else(|| panic!("job {id} did not end"))
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    pub async fn run_sql(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.pool).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// Waits until the number that `sql` gives is at least `least`.
    pub async fn reaches(&self, sql: &'static str, least: i64) {
        let reached = async {
            while self.count(sql).await < least {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached)
            .await
            .unwrap_or_else(|_| panic!("{sql} never came to {least}"));
    }

    pub fn work(&self, config: Config) -> Worker {
        let shutdown = CancellationToken::new();
        let (pool, stop, router) = (self.pool.clone(), shutdown.clone(), self.router());
        let task = tokio::spawn(async move { atelier_queue::run(&pool, config, router, stop).await });
        Worker { shutdown, task }
    }

    /// A worker that reaches the database by another, unsafe way than its handlers do. Started again when it could not
    /// start, as whoever runs it would.
    pub fn work_through(&self, uri: String, config: Config) -> Worker {
        let shutdown = CancellationToken::new();
        let (stop, router) = (shutdown.clone(), self.router());
        let task = tokio::spawn(async move {
            while !stop.is_cancelled() {
                let Ok(pool) = PgPool::connect(&uri).await else { continue };
                if atelier_queue::run(&pool, config.clone(), router.clone(), stop.clone()).await.is_ok() {
                    break;
                }
            }
            Ok(())
        });
        Worker { shutdown, task }
    }

    pub fn router(&self) -> Router {
        let pool = self.pool.clone();
        let tick = |_: Run, _: Value| std::future::ready(Ok(()));
        let other = pool.clone();
        Router::new()
            .on("tick", tick)
            .on("act", move |run: Run, act: Act| play(pool.clone(), run, act))
            .on("other", move |run: Run, act: Act| play(other.clone(), run, act))
    }
}

impl Worker {
    pub fn shut_down(&self) {
        self.shutdown.cancel();
    }

    /// Ends it as a crash would: nothing is written any more.
    pub fn kill(self) {
        self.task.abort();
    }

    pub async fn ended(self) {
        self.task.await.expect("no panic").expect("ends well");
    }

    pub async fn stop(self) {
        self.shut_down();
        self.ended().await;
    }
}

/// Short waits, so that tests need not be long.
pub fn config() -> Config {
    Config {
        queues: vec![("default".to_owned(), 8)],
        backoff: Backoff { first: Duration::from_millis(50), longest: Duration::from_millis(200) },
        ..Config::default()
    }
}

async fn play(pool: PgPool, run: Run, act: Act) -> Result<(), JobError> {
    note(&pool, &run, "start").await;
    tokio::time::sleep(Duration::from_millis(act.ms)).await;
    match act.then.as_str() {
        "error" => return Err(JobError::retry("boom \0 nul")),
        "panic" => panic!("kaboom"),
        "fail" => return Err(JobError::fail("hopeless")),
        "snooze" if pool_count(&pool, run.id).await < 3 => {
            return Err(JobError::snooze(Duration::from_millis(20)));
        }
        "exit" => std::process::exit(9),
        "held" => until_open(&pool).await,
        "obey" => {
            run.cancelled().cancelled().await;
            note(&pool, &run, "obeyed").await;
            return Err(JobError::retry("stopped half-way"));
        }
        "tell" => {
            run.progress(3, Some(9), "three of nine");
            run.log("a line");
        }
        _ => {}
    }
    note(&pool, &run, "end").await;
    Ok(())
}

async fn note(pool: &PgPool, run: &Run, event: &str) {
    let query =
        sqlx::query("insert into log (job, event, attempt) values ($1, $2, $3)").bind(run.id).bind(event);
    query.bind(i32::from(run.attempt)).execute(pool).await.expect("notes");
}

async fn until_open(pool: &PgPool) {
    let sql = "select exists (select 1 from gate)";
    while !sqlx::query_scalar::<_, bool>(sql).fetch_one(pool).await.expect("asks") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn pool_count(pool: &PgPool, job: i64) -> i64 {
    let sql = "select count(*) from log where job = $1 and event = 'start'";
    sqlx::query_scalar(sql).bind(job).fetch_one(pool).await.expect("counts")
}
