//! A connection that breaks in the middle of each step of a job's life: before its commit, and after it with the answer
//! lost.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    time::Duration,
};

use atelier_queue::{
    Config, NewJob, Schedule,
    admin::{Action, Target},
    read::State,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

use super::setup::{TestQueue, config};

/// Each step, as the row that it writes: its table, when, and on which rows.
const POINTS: [(&str, &str, &str, &str); 10] = [
    ("claim", "job", "after update", "old.state = 1 and new.state = 2"),
    (
        "renew",
        "job",
        "after update",
        "old.state = 2 and new.state = 2 and new.progress is not distinct from old.progress",
    ),
    ("progress", "job", "after update", "new.progress is distinct from old.progress"),
    ("retry or rescue", "job", "after update", "old.state = 2 and new.state < 2"),
    ("promote", "job", "after update", "old.state = 0 and new.state = 1"),
    ("leave the table", "job", "before delete", "true"),
    ("finish", "job_done", "before insert", "true"),
    ("dead job", "job_dead", "before insert", "true"),
    ("cancel", "job_cancelled", "before insert", "true"),
    ("tick", "tick", "before insert", "true"),
];

/// A job for each end, and for each way to it.
async fn mixed_jobs(queue: &TestQueue) -> Vec<(i64, State)> {
    let mut jobs = vec![];
    for _ in 0..5 {
        jobs.push((queue.act("", 10, 50).await, State::Done));
        jobs.push((queue.act("tell", 700, 50).await, State::Done));
        jobs.push((queue.act("snooze", 0, 50).await, State::Done));
        jobs.push((queue.act("error", 0, 2).await, State::Dead));
        jobs.push((queue.act("fail", 0, 50).await, State::Dead));
    }
    let later =
        NewJob { delay: chrono::Duration::milliseconds(300), ..NewJob::new("default", "act", json!({})) };
    jobs.push((queue.put(later).await, State::Done));
    jobs
}

fn fast() -> Config {
    let schedule =
        Schedule::new("tick", "* * * * * *", NewJob::new("default", "tick", json!({}))).expect("parses");
    Config { lease: Duration::from_millis(900), schedules: vec![schedule], ..config() }
}

async fn all_end(queue: &TestQueue, jobs: &[(i64, State)], point: &str) {
    for (id, state) in jobs {
        let shown = queue.ended(*id).await;
        assert_eq!(shown.state, *state, "{point}: job {id}, {:?}", shown.errors);
    }
    let twice = "select count(*) from (select id from (select id from queue.job \
        union all select id from queue.job_done union all select id from queue.job_dead \
        union all select id from queue.job_cancelled) j group by id \
        having count(*) > 1) t";
    assert_eq!(queue.count(twice).await, 0, "{point}: in two places");
    let ticks = "select count(*) from queue.tick where job_id is null";
    assert_eq!(queue.count(ticks).await, 0, "{point}: a tick without its job");
}

#[tokio::test]
async fn broken_before_its_commit_each_step_is_done_again() {
    for (point, table, when, rows) in POINTS {
        let queue = TestQueue::new().await;
        let jobs = mixed_jobs(&queue).await;
        let doomed = queue.act("obey", 0, 50).await;
        // The first time only: what a sequence counts is not rolled back.
        let trap = format!(
            "create sequence fault; \
             create function fault() returns trigger language plpgsql as $$ begin \
               if nextval('fault') = 1 then perform pg_terminate_backend(pg_backend_pid()); \
                 perform pg_sleep(0); end if; \
               if tg_op = 'DELETE' then return old; end if; return new; end $$; \
             create trigger fault {when} on queue.{table} for each row when ({rows}) execute function fault()"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(trap))
            .execute(&queue.pool)
            .await
            .unwrap_or_else(|e| panic!("{point}: {e}"));
        let worker = queue.work(fast());
        queue
            .reaches(
                "select count(*) from log where event = 'start' and job = \
            (select job from log order by job desc limit 1)",
                1,
            )
            .await;
        while queue.show(doomed).await.state != State::Cancelled {
            // What a person does when it did not work: once more.
            let target = Target::Ids(vec![doomed]);
            let _ = atelier_queue::admin::apply(&queue.pool, Action::Cancel, &target, "eve").await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        all_end(&queue, &jobs, point).await;
        queue.reaches("select count(*) from queue.tick", 1).await;
        let fired = "select case when is_called then last_value else 0 end from fault";
        queue.reaches(fired, 1).await;
        worker.stop().await;
    }
}

/// Stands before the server and now and then cuts a connection instead of passing on an answer.
async fn proxy(place: PathBuf, server: PathBuf, random: Arc<Mutex<StdRng>>, cuts: Arc<AtomicU32>) {
    let listener = UnixListener::bind(place.join(".s.PGSQL.5432")).expect("listens");
    loop {
        let (client, _) = listener.accept().await.expect("accepts");
        let server = UnixStream::connect(server.join(".s.PGSQL.5432")).await.expect("connects");
        tokio::spawn(pass(client, server, random.clone(), cuts.clone()));
    }
}

async fn pass(client: UnixStream, server: UnixStream, random: Arc<Mutex<StdRng>>, cuts: Arc<AtomicU32>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let up = async { tokio::io::copy(&mut from_client, &mut to_server).await };
    let down = async {
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let n = from_server.read(&mut bytes).await?;
            let cut = random.lock().expect("no panic").random_bool(0.04);
            if n == 0 || cut {
                cuts.fetch_add(u32::from(cut), Relaxed);
                return Ok::<(), std::io::Error>(());
            }
            to_client.write_all(&bytes[..n]).await?;
        }
    };
    tokio::select! {
        _ = up => {}
        _ = down => {}
    }
}

#[tokio::test]
async fn answers_that_are_lost_after_the_commit_do_no_harm() {
    let queue = TestQueue::new().await;
    let uri = url::Url::parse(&queue.uri).expect("a URI");
    let host = uri.query_pairs().find(|(name, _)| name == "host").expect("a socket").1.into_owned();
    let place = tempfile::tempdir().expect("a folder");
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let (random, cuts) = (Arc::new(Mutex::new(StdRng::seed_from_u64(seed))), Arc::new(AtomicU32::new(0)));
    let standing = tokio::spawn(proxy(place.path().to_owned(), host.clone().into(), random, cuts.clone()));
    let mut shaky = uri.clone();
    shaky.set_query(Some(&format!("host={}", place.path().display())));
    // The handlers write over the steady way: what they log is true.
    let worker = queue.work_through(shaky.to_string(), fast());
    let mut jobs = vec![];
    while cuts.load(Relaxed) < 10 {
        jobs.extend(mixed_jobs(&queue).await);
        all_end(&queue, &jobs, "lost answers").await;
    }
    worker.shut_down();
    standing.abort();
}
