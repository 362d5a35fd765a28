//! Workers that die, hang, or lose their database.

use std::{
    iter::repeat_n,
    process::{Child, Command, Stdio},
    time::Duration,
};

use atelier_queue::{Config, read::State};

use platform::config::environment;

use super::setup::{PATIENCE, TestQueue, config};

/// Set: this process is a worker on that database, and not a test.
const CHILD: &str = "ATELIER_TEST_QUEUE_WORKER";

/// A short lease, so that a lost worker is noticed soon.
fn short_lease() -> Config {
    Config { lease: Duration::from_millis(1_500), ..config() }
}

/// A worker in a process of its own.
fn child(queue: &TestQueue) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "queue::faults::worker_process", "--nocapture"]).env(CHILD, &queue.uri);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
}

/// Does nothing, unless this process was started by [`child`].
#[tokio::test]
async fn worker_process() {
    let Some(uri) = environment().remove(CHILD) else { return };
    TestQueue::open(uri).await.work(short_lease()).ended().await;
}

#[tokio::test]
async fn a_killed_worker_loses_nothing() {
    let queue = TestQueue::new().await;
    let mut ids = vec![];
    // Slow ones, of which nothing is fetched ahead, and then some that are surely running when the worker dies.
    for then in repeat_n("", 4).chain(repeat_n("held", 36)) {
        ids.push(queue.act(then, 300, 10).await);
    }
    let mut killed = child(&queue);
    queue.reaches("select count(*) from log where event = 'start'", 12).await;
    killed.kill().expect("kills");
    killed.wait().expect("is gone");
    // Running, ended without its result being written yet, or about to start.
    let running = queue.count("select count(*) from queue.job where state = 2").await;
    let idle = "select count(*) from queue.job where state = 2 and id not in (select job from log)";
    let idle = queue.count(idle).await;
    assert!(running >= 1 && idle <= 9, "{running} in flight, {idle} of them not started: nothing is hoarded");

    queue.open_gate().await;
    let worker = queue.work(short_lease());
    for id in ids {
        assert_eq!(queue.ended(id).await.state, State::Done);
    }
    worker.stop().await;
    let starts = queue.count("select count(*) from log where event = 'start'").await;
    assert!(starts <= 40 + running, "{starts} starts: only what was in flight ran twice");
    assert_eq!(queue.count("select count(*) from queue.job").await, 0);
}

#[tokio::test]
async fn a_job_that_kills_its_worker_ends_as_a_dead_job() {
    let queue = TestQueue::new().await;
    let id = queue.act("exit", 0, 2).await;
    for _ in 0..2 {
        let mut worker = child(&queue);
        let status =
            tokio::task::spawn_blocking(move || worker.wait()).await.expect("joins").expect("is gone");
        assert_eq!(status.code(), Some(9));
    }
    let worker = queue.work(short_lease());
    let shown = queue.ended(id).await;
    assert_eq!((shown.state, shown.attempt, shown.errors.len()), (State::Dead, 2, 2));
    assert!(shown.errors[1].error.contains("worker was lost"), "{:?}", shown.errors);
    worker.stop().await;
}

#[tokio::test]
async fn a_worker_that_leaves_keeps_its_leases_and_gives_back_the_rest() {
    let queue = TestQueue::new().await;
    // Renewed every two seconds: a machine that stands still for four more is none to test on.
    let lease = Duration::from_secs(6);
    let slots = vec![("default".into(), 2)];
    let leaving = queue.work(Config { queues: slots, lease, grace: PATIENCE, ..config() });
    for _ in 0..6 {
        queue.act("held", 0, 1).await;
    }
    queue.reaches("select count(*) from log where event = 'start'", 2).await;
    leaving.shut_down();
    let staying = queue.work(Config { lease, ..config() });
    queue.reaches("select count(*) from log where event = 'start'", 6).await;
    // The lease that the claim gave has ended, and the jobs are still theirs who began them.
    let outlasted =
        "select count(*) from queue.job where state = 2 and lease_until > started_at + interval '12 seconds'";
    queue.reaches(outlasted, 6).await;
    queue.open_gate().await;
    leaving.ended().await;
    queue.reaches("select count(*) from log where event = 'end'", 6).await;
    staying.stop().await;
    assert_eq!(queue.count("select count(*) from log where event = 'start'").await, 6, "nothing ran twice");
    assert_eq!(queue.count("select count(*) from queue.job_done").await, 6, "with one attempt each");
}

#[tokio::test]
async fn a_job_that_outlasts_the_grace_time_is_tried_again() {
    let queue = TestQueue::new().await;
    let id = queue.act("", 60_000, 3).await;
    let worker = queue.work(Config { grace: Duration::from_millis(100), ..config() });
    queue.reaches("select count(*) from log where event = 'start'", 1).await;
    worker.stop().await;
    let shown = queue.show(id).await;
    assert_eq!((shown.attempt, shown.errors.len()), (1, 1));
    assert!(matches!(shown.state, State::Scheduled | State::Ready), "{:?}", shown.state);
}

#[tokio::test]
async fn a_late_worker_cannot_overwrite_its_successor() {
    let queue = TestQueue::new().await;
    let id = queue.act("held", 0, 5).await;
    let robbed = queue.work(Config { queues: vec![("default".to_owned(), 1)], ..config() });
    queue.reaches("select count(*) from log where event = 'start'", 1).await;
    let successor = queue.work(config());
    while queue.count("select count(*) from log where event = 'start'").await < 2 {
        // What a lease that ended during a long pause of the process looks like. It may have been renewed meanwhile.
        queue
            .run_sql("update queue.job set lease_until = now() - interval '1 second' where attempt = 1")
            .await;
    }
    // Both report now.
    queue.open_gate().await;
    let shown = queue.ended(id).await;
    assert_eq!((shown.state, shown.attempt, shown.errors.len()), (State::Done, 2, 1));
    robbed.stop().await;
    successor.stop().await;
    assert_eq!(queue.count("select count(*) from queue.job_done").await, 1);
}

#[tokio::test]
async fn cut_connections_heal() {
    let queue = TestQueue::new().await;
    let worker = queue.work(config());
    for round in 1..=3 {
        for _ in 0..10 {
            queue.act("", 20, 10).await;
        }
        queue
            .run_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity \
                 where datname = current_database() and application_name like 'atelier-queue%'",
            )
            .await;
        queue.reaches("select count(*) from queue.job_done", round * 10).await;
    }
    worker.stop().await;
    assert_eq!(queue.count("select count(*) from log where event = 'end'").await, 30);
}

#[tokio::test]
async fn a_result_that_cannot_be_written_holds_up_nobody() {
    let queue = TestQueue::new().await;
    queue
        .run_sql(
            "create function refuse() returns trigger language plpgsql as $$ begin \
               if new.kind = 'act' and new.max_attempts = 7 then \
                 raise exception 'refused' using errcode = '22000'; end if; \
               return new; end $$; \
             create trigger refuse before insert on queue.job_done for each row execute function refuse();",
        )
        .await;
    let bad = queue.act("", 0, 7).await;
    for _ in 0..20 {
        queue.act("", 0, 1).await;
    }
    let worker = queue.work(config());
    queue.reaches("select count(*) from queue.job_done", 20).await;
    let shown = queue.ended(bad).await;
    assert_eq!(shown.state, State::Dead);
    assert!(shown.errors[0].error.contains("could not be written"), "{:?}", shown.errors);
    worker.stop().await;
}

#[tokio::test]
async fn a_missing_day_of_history_is_made() {
    let queue = TestQueue::new().await;
    queue
        .run_sql(
            "do $$ declare p regclass; begin \
               for p in select inhrelid::regclass from pg_inherits where inhparent = 'queue.job_done'::regclass loop \
                 execute format('drop table %s', p); end loop; end $$",
        )
        .await;
    let id = queue.act("", 0, 1).await;
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    assert_eq!(queue.show(id).await.state, State::Done);
}
