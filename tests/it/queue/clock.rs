//! Jobs for later and jobs the clock starts.

use std::time::Duration;

use atelier_queue::{Config, History, Missed, NewJob, Schedule, Waker, read::State};
use serde_json::json;

use super::setup::{House, config};

#[tokio::test]
async fn a_job_for_later_starts_when_it_is_due() {
    let house = House::new().await;
    // A poll that never comes: only the timer can be the one who starts it.
    let worker = house.work(Config { poll: Duration::from_secs(600), ..config() });
    house.reaches("select count(*) from queue.worker", 1).await;
    let mut job = NewJob::new("default", "act", json!({}));
    job.delay = chrono::Duration::milliseconds(400);
    let id = house.put(job).await;
    Waker::start(&house.pool).wake_scheduled();
    let shown = house.ended(id).await;
    let late = shown.started_at.expect("started") - shown.run_at;
    assert!(late >= chrono::Duration::zero() && late < chrono::Duration::seconds(2), "{late}");
    worker.stop().await;
}

#[tokio::test]
async fn a_tick_makes_one_job_with_any_number_of_workers() {
    let house = House::new().await;
    let schedule =
        || Schedule::new("tick", "* * * * * *", NewJob::new("default", "tick", json!({}))).expect("parses");
    let workers = [0, 1].map(|_| house.work(Config { schedules: vec![schedule()], ..config() }));
    let killed = house.work(Config { schedules: vec![schedule()], ..config() });
    house.reaches("select count(*) from queue.tick", 1).await;
    killed.kill();
    house.reaches("select count(*) from queue.tick", 4).await;
    for worker in workers {
        worker.stop().await;
    }
    let made =
        house.count("select (select count(*) from queue.job) + (select count(*) from queue.job_done)").await;
    assert_eq!(made, house.count("select count(*) from queue.tick where job_id is not null").await);
    let gaps = "select count(*) from (select tick - lag(tick) over (order by tick) as gap from queue.tick) g \
        where gap > interval '1 second'";
    assert_eq!(house.count(gaps).await, 0, "no tick is missing");
}

#[tokio::test]
async fn of_missed_ticks_the_last_one_runs() {
    let house = House::new().await;
    let schedule =
        || Schedule::new("tick", "0 0 0 * * ?", NewJob::new("default", "tick", json!({}))).expect("parses");
    house.work(Config { schedules: vec![schedule()], ..config() }).stop().await;
    assert_eq!(
        house.count("select count(*) from queue.tick").await,
        0,
        "nothing was missed before the first start"
    );
    house.run_sql("update queue.schedule set next_tick = next_tick - interval '10 days'").await;
    let worker = house.work(Config { schedules: vec![schedule()], ..config() });
    house.reaches("select count(*) from queue.tick", 1).await;
    worker.stop().await;
    assert_eq!(house.count("select count(*) from queue.tick where tick > now() - interval '1 day'").await, 1);
    assert_eq!(house.count("select count(*) from queue.schedule where next_tick > now()").await, 1);
}

#[tokio::test]
async fn missed_ticks_are_left_out_when_the_entry_says_so() {
    let house = House::new().await;
    let schedule = || {
        let job = NewJob::new("default", "tick", json!({}));
        Schedule::new("tick", "0 0 0 1 1 ?", job).expect("parses").missed(Missed::Skip)
    };
    house.work(Config { schedules: vec![schedule()], ..config() }).stop().await;
    house.run_sql("update queue.schedule set next_tick = next_tick - interval '10 years'").await;
    let worker = house.work(Config { schedules: vec![schedule()], ..config() });
    house.reaches("select count(*) from queue.schedule where next_tick > now()", 1).await;
    worker.stop().await;
    assert_eq!(house.count("select count(*) from queue.tick").await, 0);
    assert_eq!(house.count("select count(*) from queue.job_done").await, 0);
}

#[tokio::test]
async fn jobs_that_trickle_in_are_heard_one_by_one() {
    let house = House::new().await;
    // A poll that never comes: a wake-up that is lost would be waited for in vain.
    let worker = house.work(Config { poll: Duration::from_secs(600), ..config() });
    house
        .reaches(
            "select count(*) from pg_stat_activity where query like 'LISTEN%' \
        and datname = current_database()",
            1,
        )
        .await;
    let waker = Waker::start(&house.pool);
    for _ in 0..100 {
        let id = house.put(NewJob::new("default", "tick", json!({}))).await;
        waker.wake();
        house.ended(id).await;
    }
    worker.stop().await;
}

#[tokio::test]
async fn history_is_dropped_by_day_and_dead_letters_stay() {
    let house = House::new().await;
    house.run_sql(
        "create table queue.job_done_20010101 partition of queue.job_done \
           for values from ('2001-01-01 00:00+00') to ('2001-01-02 00:00+00'); \
         insert into queue.job_done (id, finished_at, run_at, enqueued_at, clock_shift_ms, priority, attempt, \
           max_attempts, queue, kind, payload) values (-1, '2001-01-01 12:00+00', now(), now(), 0, 0, 1, 1, \
           'q', 'k', '1')",
    )
    .await;
    let dead = house.act("fail", 0, 1).await;
    let done = house.act("", 0, 1).await;
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    let far = "9999-01-01T00:00:00Z".parse().expect("a time");
    assert!(atelier_queue::prune(&house.pool, History::Done, far).await.expect("prunes") >= 1);
    assert_eq!(house.count("select count(*) from queue.job_done where id = -1").await, 0);
    assert_eq!(house.show(done).await.state, State::Done, "the present day stays");
    assert_eq!(house.show(dead).await.state, State::Dead);
}
