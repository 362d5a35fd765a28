//! Everything breaks at random, for a while: `make chaos MINUTES=5` for longer than the tests take.
//!
//! `ATELIER_TEST_CHAOS_SECONDS` says for how long, `ATELIER_TEST_CHAOS_SEED` repeats the faults of a run.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use atelier_queue::{Config, NewJob, enqueue};
use platform::config::environment;
use rand::{RngExt, SeedableRng, rngs::StdRng};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use sqlx::PgPool;
use tests::postgres::Postgres;
use tokio_util::sync::CancellationToken;

use super::setup::{PATIENCE, TestQueue, config};

/// Set: this process is a worker on that database, and not a test.
const CHILD: &str = "ATELIER_TEST_CHAOS_WORKER";
const WORKERS: usize = 3;
const LEASE: Duration = Duration::from_millis(1_500);

/// Does nothing, unless this process was started by [`Workers::start`].
#[tokio::test]
async fn worker_process() {
    let Some(uri) = environment().remove(CHILD) else { return };
    TestQueue::open(uri).await.work(Config { lease: LEASE, ..config() }).ended().await;
}

/// Worker processes, each started again when it has gone.
struct Workers {
    uri: String,
    running: Vec<Child>,
}

impl Workers {
    fn start(uri: &str) -> Workers {
        let running = (0..WORKERS).map(|_| Workers::child(uri)).collect();
        Workers { uri: uri.to_owned(), running }
    }

    fn child(uri: &str) -> Child {
        let mut command = Command::new(std::env::current_exe().expect("this binary"));
        command.args(["--exact", "queue::chaos::worker_process", "--nocapture"]).env(CHILD, uri);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
    }

    fn pid(&self, n: usize) -> Pid {
        Pid::from_child(&self.running[n])
    }

    fn kill(&mut self, n: usize) {
        self.running[n].kill().expect("kills");
        self.revive();
    }

    fn revive(&mut self) {
        for child in &mut self.running {
            if child.try_wait().expect("asks").is_some() {
                *child = Workers::child(&self.uri);
            }
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Enqueues until it is stopped. `wanted` is written in the same transaction, so it tells which jobs exist whatever the
/// producer heard of its commit.
async fn produce(pool: PgPool, mut random: StdRng, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let (then, max_attempts) =
            [("", 100), ("", 100), ("", 100), ("error", 3), ("snooze", 100)][random.random_range(0..5)];
        let payload = json!({"then": then, "ms": random.random_range(0..60)});
        let delay = chrono::Duration::milliseconds(random.random_range(-400..200).max(0));
        let job = NewJob { max_attempts, delay, ..NewJob::new("default", "act", payload) };
        let written: sqlx::Result<()> = async {
            let mut tx = pool.begin().await?;
            let id =
                enqueue(&mut *tx, job).await.map_err(|error| sqlx::Error::Protocol(error.to_string()))?;
            let wanted = sqlx::query("insert into wanted (job, dead) values ($1, $2)").bind(id);
            wanted.bind(then == "error").execute(&mut *tx).await?;
            if random.random_bool(0.1) { tx.rollback().await } else { tx.commit().await }
        }
        .await;
        // A cut connection: whatever became of it, `wanted` knows.
        drop(written);
        tokio::time::sleep(Duration::from_millis(random.random_range(0..8))).await;
    }
}

/// What was done to the queue.
#[derive(Debug, Default)]
struct Faults {
    kills: u32,
    stops: u32,
    cuts: u32,
    crashes: u32,
    /// Jobs that were claimed when something happened.
    in_flight: i64,
}

impl Faults {
    fn number(&self) -> u32 {
        self.kills + self.stops + self.cuts + self.crashes
    }
}

async fn number(pool: &PgPool, sql: &'static str) -> i64 {
    loop {
        match sqlx::query_scalar(sql).fetch_one(pool).await {
            Ok(number) => return number,
            // The server is on its way up.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn break_things(
    postgres: &Postgres,
    pool: &PgPool,
    workers: &mut Workers,
    random: &mut StdRng,
    until: Instant,
) -> Faults {
    let mut faults = Faults::default();
    let mut asleep: Option<(Pid, Instant)> = None;
    // On a busy machine it may take longer until enough has happened.
    let enqueued = "select count(*) from wanted";
    while Instant::now() < until || faults.number() <= 3 || number(pool, enqueued).await <= 100 {
        tokio::time::sleep(Duration::from_millis(random.random_range(150..600))).await;
        let in_flight = number(pool, "select count(*) from queue.job where state = 2").await;
        let before = faults.number();
        if let Some((pid, _)) = asleep.filter(|(_, since)| since.elapsed() > 2 * LEASE) {
            let _ = kill_process(pid, Signal::CONT);
            asleep = None;
        }
        let n = random.random_range(0..WORKERS);
        match random.random_range(0..10) {
            0..4 if asleep.is_none_or(|(pid, _)| pid != workers.pid(n)) => {
                workers.kill(n);
                faults.kills += 1;
            }
            4..6 if asleep.is_none() => {
                let _ = kill_process(workers.pid(n), Signal::STOP);
                asleep = Some((workers.pid(n), Instant::now()));
                faults.stops += 1;
            }
            6..9 => {
                let who = ["atelier-queue listener", "atelier-queue%"][random.random_range(0..2)];
                let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                    where application_name like $1";
                let _ = sqlx::query(cut).bind(who).execute(pool).await;
                faults.cuts += 1;
            }
            9 => {
                postgres.crash_and_start();
                faults.crashes += 1;
            }
            _ => {}
        }
        faults.in_flight += if faults.number() > before { in_flight } else { 0 };
        workers.revive();
    }
    if let Some((pid, _)) = asleep {
        let _ = kill_process(pid, Signal::CONT);
    }
    faults
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_while_everything_breaks() {
    let mut variables = environment();
    let mut setting = |name: &str| variables.remove(name).map(|text| text.parse::<u64>().expect("a number"));
    let seconds = setting("ATELIER_TEST_CHAOS_SECONDS").unwrap_or(8);
    let seed = setting("ATELIER_TEST_CHAOS_SEED").unwrap_or_else(rand::random);
    println!("chaos for {seconds} s, ATELIER_TEST_CHAOS_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let postgres = Postgres::start();
    let queue = TestQueue::on(postgres.uri.clone()).await;
    queue.run_sql("create table wanted (job bigint primary key, dead boolean not null)").await;
    let until = Instant::now() + Duration::from_secs(seconds);
    let stop = CancellationToken::new();
    let producers: Vec<_> = (0..2)
        .map(|_| StdRng::seed_from_u64(random.random()))
        .map(|random| tokio::spawn(produce(queue.pool.clone(), random, stop.clone())))
        .collect();
    let mut workers = Workers::start(&queue.uri);
    let faults = break_things(&postgres, &queue.pool, &mut workers, &mut random, until).await;
    stop.cancel();
    for producer in producers {
        producer.await.expect("no panic");
    }
    let left = "select count(*) from queue.job";
    let ended = async {
        while number(&queue.pool, left).await > 0 {
            workers.revive();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let in_time = tokio::time::timeout(PATIENCE, ended).await;
    let count = async |sql| number(&queue.pool, sql).await;
    let enqueued = count("select count(*) from wanted").await;
    let lost = count(
        "select count(*) from wanted w where (select count(*) from queue.job_done d where d.id = w.job and not w.dead) \
         + (select count(*) from queue.job_dead d where d.id = w.job and w.dead) <> 1",
    )
    .await;
    let uninvited = count(
        "select count(*) from (select id from queue.job_done union all select id from queue.job_dead) j \
         where id not in (select job from wanted)",
    )
    .await;
    let twice = count(
        "select count(*) from (select 1 from log where event = 'end' group by job having count(*) > 1) t",
    )
    .await;
    println!("enqueued {enqueued}, finished {}, run twice {twice}, lost {lost}; {faults:?}", enqueued - lost);
    in_time.expect("everything ends");
    assert_eq!((lost, uninvited), (0, 0), "lost, and finished though it was rolled back");
    assert!(twice <= faults.in_flight, "{twice} ran twice, {} were in flight", faults.in_flight);
    assert!(enqueued > 100, "it was no chaos");
}
