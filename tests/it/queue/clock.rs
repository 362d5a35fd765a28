//! Jobs for later and jobs the clock starts.

use std::time::Duration;

use atelier_queue::{Config, History, Missed, NewJob, Schedule, Waker, read::State};
use sea_orm::SqlxPostgresConnector;
use serde_json::json;
use tests::factory::{Job, insert_jobs};

use super::setup::{TestQueue, config};

#[tokio::test]
async fn a_job_for_later_starts_when_it_is_due() {
    let queue = TestQueue::new().await;
    // A poll that never comes: only the timer can be the one who starts it.
    let worker = queue.work(Config { poll: Duration::from_secs(600), ..config() });
    queue.reaches("select count(*) from queue.worker", 1).await;
    let mut job = NewJob::new("default", "act", json!({}));
    job.delay = chrono::Duration::milliseconds(400);
    let id = queue.put(job).await;
    Waker::start(&queue.pool).wake_scheduled();
    let shown = queue.ended(id).await;
    assert!(shown.started_at.expect("started") >= shown.run_at, "not before its time");
    worker.stop().await;
}

#[tokio::test]
async fn a_tick_makes_one_job_with_any_number_of_workers() {
    let queue = TestQueue::with_clock().await;
    let schedule =
        || Schedule::new("tick", "0 0 0 * * ?", NewJob::new("default", "tick", json!({}))).expect("parses");
    let start = || queue.work(Config { schedules: vec![schedule()], ..config() });
    let (workers, killed) = ([start(), start()], start());
    queue.reaches("select count(*) from queue.worker", 3).await;
    // Days go by as soon as the workers are done with the one before, however long that takes.
    let day = async |number: i64| {
        queue.move_clock(chrono::Duration::days(1)).await;
        queue.reaches("select count(*) from queue.tick", number).await;
        queue.reaches("select count(*) from queue.job_done", number).await;
    };
    day(1).await;
    killed.kill();
    for number in 2..=4 {
        day(number).await;
    }
    for worker in workers {
        worker.stop().await;
    }
    let made =
        queue.count("select (select count(*) from queue.job) + (select count(*) from queue.job_done)").await;
    assert_eq!(made, queue.count("select count(*) from queue.tick where job_id is not null").await);
    let gaps = "select count(*) from (select tick - lag(tick) over (order by tick) as gap from queue.tick) g \
        where gap > interval '1 day'";
    assert_eq!(queue.count(gaps).await, 0, "no tick is missing");
}

#[tokio::test]
async fn of_missed_ticks_the_last_one_runs() {
    let queue = TestQueue::new().await;
    let schedule =
        || Schedule::new("tick", "0 0 0 1 1 ?", NewJob::new("default", "tick", json!({}))).expect("parses");
    queue.work(Config { schedules: vec![schedule()], ..config() }).stop().await;
    assert_eq!(
        queue.count("select count(*) from queue.tick").await,
        0,
        "nothing was missed before the first start"
    );
    queue.run_sql("update queue.schedule set next_tick = next_tick - interval '10 years'").await;
    let worker = queue.work(Config { schedules: vec![schedule()], ..config() });
    queue.reaches("select count(*) from queue.tick", 1).await;
    worker.stop().await;
    assert_eq!(
        queue.count("select count(*) from queue.tick where tick > now() - interval '1 year'").await,
        1
    );
    assert_eq!(queue.count("select count(*) from queue.schedule where next_tick > now()").await, 1);
}

#[tokio::test]
async fn missed_ticks_are_left_out_when_the_entry_says_so() {
    let queue = TestQueue::new().await;
    let schedule = || {
        let job = NewJob::new("default", "tick", json!({}));
        Schedule::new("tick", "0 0 0 1 1 ?", job).expect("parses").missed(Missed::Skip)
    };
    queue.work(Config { schedules: vec![schedule()], ..config() }).stop().await;
    queue.run_sql("update queue.schedule set next_tick = next_tick - interval '10 years'").await;
    let worker = queue.work(Config { schedules: vec![schedule()], ..config() });
    queue.reaches("select count(*) from queue.schedule where next_tick > now()", 1).await;
    worker.stop().await;
    assert_eq!(queue.count("select count(*) from queue.tick").await, 0);
    assert_eq!(queue.count("select count(*) from queue.job_done").await, 0);
}

#[tokio::test]
async fn jobs_that_trickle_in_are_heard_one_by_one() {
    let queue = TestQueue::new().await;
    // A poll that never comes: a wake-up that is lost would be waited for in vain.
    let worker = queue.work(Config { poll: Duration::from_secs(600), ..config() });
    queue
        .reaches(
            "select count(*) from pg_stat_activity where query like 'LISTEN%' \
        and datname = current_database()",
            1,
        )
        .await;
    let waker = Waker::start(&queue.pool);
    for _ in 0..100 {
        let id = queue.put(NewJob::new("default", "tick", json!({}))).await;
        waker.wake();
        queue.ended(id).await;
    }
    worker.stop().await;
}

#[tokio::test]
async fn history_is_dropped_by_day_and_dead_jobs_stay() {
    let queue = TestQueue::new().await;
    queue
        .run_sql(
            "create table queue.job_done_20010101 partition of queue.job_done \
           for values from ('2001-01-01 00:00+00') to ('2001-01-02 00:00+00')",
        )
        .await;
    let db = SqlxPostgresConnector::from_sqlx_postgres_pool(queue.pool.clone());
    let finished_at = "2001-01-01T12:00:00Z".parse().expect("a moment");
    insert_jobs(&db, [Job { finished_at, ..Job::done(-1, "k") }]).await;
    let dead = queue.act("fail", 0, 1).await;
    let done = queue.act("", 0, 1).await;
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    let far = "9999-01-01T00:00:00Z".parse().expect("a time");
    assert!(atelier_queue::prune(&queue.pool, History::Done, far).await.expect("prunes") >= 1);
    assert_eq!(queue.count("select count(*) from queue.job_done where id = -1").await, 0);
    assert_eq!(queue.show(done).await.state, State::Done, "the present day stays");
    assert_eq!(queue.show(dead).await.state, State::Dead);
}
