//! Workers that die, hang, or lose their database.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use atelier_queue::{Config, read::State};

use platform::config::environment;

use super::setup::{House, config};

/// Set: this process is a worker on that database, and not a test.
const CHILD: &str = "ATELIER_TEST_QUEUE_WORKER";

/// A short lease, so that a lost worker is noticed soon.
fn short_lease() -> Config {
    Config { lease: Duration::from_millis(1_500), ..config() }
}

/// A worker in a process of its own.
fn child(house: &House) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this binary"));
    command.args(["--exact", "queue::faults::worker_process", "--nocapture"]).env(CHILD, &house.uri);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
}

/// Does nothing, unless this process was started by [`child`].
#[tokio::test]
async fn worker_process() {
    let Some(uri) = environment().remove(CHILD) else { return };
    House::open(uri).await.work(short_lease()).ended().await;
}

#[tokio::test]
async fn a_killed_worker_loses_nothing() {
    let house = House::new().await;
    let mut ids = vec![];
    for _ in 0..40 {
        ids.push(house.act("", 300, 10).await);
    }
    let mut killed = child(&house);
    house.reaches("select count(*) from log where event = 'start'", 12).await;
    killed.kill().expect("kills");
    killed.wait().expect("is gone");
    // Running, ended without its result being written yet, or about to start.
    let running = house.count("select count(*) from queue.job where state = 2").await;
    let idle = "select count(*) from queue.job where state = 2 and id not in (select job from log)";
    let idle = house.count(idle).await;
    assert!(running >= 1 && idle <= 9, "{running} in flight, {idle} of them not started: nothing is hoarded");

    let worker = house.work(short_lease());
    for id in ids {
        assert_eq!(house.ended(id).await.state, State::Done);
    }
    worker.stop().await;
    let starts = house.count("select count(*) from log where event = 'start'").await;
    assert!(starts <= 40 + running, "{starts} starts: only what was in flight ran twice");
    assert_eq!(house.count("select count(*) from queue.job").await, 0);
}

#[tokio::test]
async fn a_job_that_kills_its_worker_ends_as_a_dead_letter() {
    let house = House::new().await;
    let id = house.act("exit", 0, 2).await;
    for _ in 0..2 {
        let mut worker = child(&house);
        let status =
            tokio::task::spawn_blocking(move || worker.wait()).await.expect("joins").expect("is gone");
        assert_eq!(status.code(), Some(9));
    }
    let worker = house.work(short_lease());
    let shown = house.ended(id).await;
    assert_eq!((shown.state, shown.attempt, shown.errors.len()), (State::Dead, 2, 2));
    assert!(shown.errors[1].error.contains("worker was lost"), "{:?}", shown.errors);
    worker.stop().await;
}

#[tokio::test]
async fn a_worker_that_leaves_keeps_its_leases_and_gives_back_the_rest() {
    let house = House::new().await;
    let leaving = house.work(Config { queues: vec![("default".into(), 2)], ..short_lease() });
    for _ in 0..6 {
        // Longer than the lease.
        house.act("", 2_500, 1).await;
    }
    house.reaches("select count(*) from log where event = 'start'", 2).await;
    leaving.shut_down();
    let staying = house.work(short_lease());
    leaving.ended().await;
    house.reaches("select count(*) from log where event = 'end'", 6).await;
    staying.stop().await;
    assert_eq!(house.count("select count(*) from log where event = 'start'").await, 6, "nothing ran twice");
    assert_eq!(house.count("select count(*) from queue.job_done").await, 6, "with one attempt each");
}

#[tokio::test]
async fn a_job_that_outlasts_the_grace_time_is_tried_again() {
    let house = House::new().await;
    let id = house.act("", 60_000, 3).await;
    let worker = house.work(Config { grace: Duration::from_millis(100), ..config() });
    house.reaches("select count(*) from log where event = 'start'", 1).await;
    worker.stop().await;
    let shown = house.show(id).await;
    assert_eq!((shown.attempt, shown.errors.len()), (1, 1));
    assert!(matches!(shown.state, State::Scheduled | State::Ready), "{:?}", shown.state);
}

#[tokio::test]
async fn a_late_worker_cannot_overwrite_its_successor() {
    let house = House::new().await;
    let id = house.act("", 1_000, 5).await;
    let robbed = house.work(config());
    house.reaches("select count(*) from log where event = 'start'", 1).await;
    // What a lease that ended during a long pause of the process looks like.
    house.run_sql("update queue.job set lease_until = now() - interval '1 second'").await;
    let successor = house.work(config());
    let shown = house.ended(id).await;
    assert_eq!((shown.state, shown.attempt, shown.errors.len()), (State::Done, 2, 1));
    robbed.stop().await;
    successor.stop().await;
    assert_eq!(house.count("select count(*) from queue.job_done").await, 1);
}

#[tokio::test]
async fn cut_connections_heal() {
    let house = House::new().await;
    let worker = house.work(config());
    for round in 1..=3 {
        for _ in 0..10 {
            house.act("", 20, 10).await;
        }
        house
            .run_sql(
                "select pg_terminate_backend(pid) from pg_stat_activity \
                 where datname = current_database() and application_name like 'atelier-queue%'",
            )
            .await;
        house.reaches("select count(*) from queue.job_done", round * 10).await;
    }
    worker.stop().await;
    assert_eq!(house.count("select count(*) from log where event = 'end'").await, 30);
}

#[tokio::test]
async fn a_result_that_cannot_be_written_holds_up_nobody() {
    let house = House::new().await;
    house
        .run_sql(
            "create function refuse() returns trigger language plpgsql as $$ begin \
               if new.kind = 'act' and new.max_attempts = 7 then \
                 raise exception 'refused' using errcode = '22000'; end if; \
               return new; end $$; \
             create trigger refuse before insert on queue.job_done for each row execute function refuse();",
        )
        .await;
    let bad = house.act("", 0, 7).await;
    for _ in 0..20 {
        house.act("", 0, 1).await;
    }
    let worker = house.work(config());
    house.reaches("select count(*) from queue.job_done", 20).await;
    let shown = house.ended(bad).await;
    assert_eq!(shown.state, State::Dead);
    assert!(shown.errors[0].error.contains("could not be written"), "{:?}", shown.errors);
    worker.stop().await;
}

#[tokio::test]
async fn a_missing_day_of_history_is_made() {
    let house = House::new().await;
    house
        .run_sql(
            "do $$ declare p regclass; begin \
               for p in select inhrelid::regclass from pg_inherits where inhparent = 'queue.job_done'::regclass loop \
                 execute format('drop table %s', p); end loop; end $$",
        )
        .await;
    let id = house.act("", 0, 1).await;
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    assert_eq!(house.show(id).await.state, State::Done);
}
