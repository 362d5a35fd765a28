//! Limits over all processes, and shares.

use atelier_queue::{Config, Limits, NewJob, Rate, Scope, SteerError, read};
use serde_json::json;
use uuid::Uuid;

use super::setup::{House, config};

fn slots(n: usize) -> Config {
    Config { queues: vec![("default".to_owned(), n)], ..config() }
}

async fn limit(house: &House, scope: &Scope, limits: Limits) {
    assert!(atelier_queue::limit(&house.pool, scope, limits, "eve").await.expect("is set"));
}

/// The most jobs that ran at the same time, from the log of starts and ends.
const MOST_AT_ONCE: &str = "select max(n) from (select sum(case event when 'start' then 1 else -1 end) \
    over (order by id) as n from log) l";

#[tokio::test]
async fn no_more_than_the_limit_run_at_once_in_all_workers() {
    let house = House::new().await;
    for scope in [Scope::Kind("act".into()), Scope::Queue("default".into())] {
        house.run_sql("truncate log").await;
        limit(&house, &scope, Limits { concurrency: Some(3), rate: None }).await;
        house.many(40, "act", None, 15).await;
        let workers = [house.work(slots(8)), house.work(slots(8))];
        house.reaches("select count(*) from log where event = 'end'", 40).await;
        for worker in workers {
            worker.stop().await;
        }
        assert_eq!(house.count(MOST_AT_ONCE).await, 3, "{scope}: used, and kept");
        limit(&house, &scope, Limits::default()).await;
    }
    assert!(atelier_queue::controls(&house.pool).await.expect("reads").is_empty());
}

#[tokio::test]
async fn starts_keep_to_a_rate_and_other_kinds_do_not_wait() {
    let house = House::new().await;
    limit(
        &house,
        &Scope::Kind("act".into()),
        Limits { concurrency: None, rate: Some(Rate { max: 5, window_ms: 500 }) },
    )
    .await;
    house.many(20, "act", None, 0).await;
    house.many(100, "other", None, 0).await;
    let workers = [house.work(slots(8)), house.work(slots(8))];
    house.reaches("select count(*) from queue.job_done", 120).await;
    for worker in workers {
        worker.stop().await;
    }
    // Ten in a second, the first five saved up: the twentieth cannot start before 1.5 s.
    let span = "select extract(epoch from max(started_at) - min(started_at)) * 1000 >= 1400 from queue.job_done \
        where kind = 'act'";
    assert!(sqlx::query_scalar::<_, bool>(span).fetch_one(&house.pool).await.expect("asks"));
    let others = "select count(*) from queue.job_done o where kind = 'other' and started_at < \
        (select max(started_at) from queue.job_done where kind = 'act')";
    assert_eq!(house.count(others).await, 100);
}

#[tokio::test]
async fn a_tenant_with_many_jobs_does_not_hold_up_one_with_few() {
    let house = House::new().await;
    let (large, small) = (Uuid::from_u128(1), Uuid::from_u128(2));
    house.many(10_000, "act", Some(large), 5).await;
    let mut few = vec![];
    for _ in 0..5 {
        let job = NewJob { tenant: Some(small), ..NewJob::new("default", "act", json!({"ms": 5})) };
        few.push(house.put(job).await);
    }
    let worker = house.work(slots(2));
    for id in few {
        house.ended(id).await;
    }
    worker.stop().await;
    let before = "select count(*) from log where event = 'start' \
        and id < (select max(id) from log where event = 'start' and job > 10000)";
    let before = house.count(before).await;
    assert!(before < 200, "{before} started before the last of five");
}

#[tokio::test]
async fn a_flood_of_one_kind_does_not_hold_up_another_and_priority_comes_first() {
    let house = House::new().await;
    house.many(3_000, "act", None, 2).await;
    house.many(3, "other", None, 2).await;
    let urgent = house.put(NewJob { priority: 200, ..NewJob::new("default", "act", json!({})) }).await;
    let worker = house.work(slots(1));
    house.reaches("select count(*) from queue.job_done where kind = 'other'", 3).await;
    worker.stop().await;
    assert_eq!(house.count("select job from log order by id limit 1").await, urgent);
    assert!(house.count("select count(*) from queue.job where kind = 'act'").await > 2_000);
}

#[tokio::test]
async fn limits_that_cannot_be_are_refused() {
    let house = House::new().await;
    let kind = Scope::Kind("act".into());
    let bad = [
        (kind.clone(), Limits { concurrency: Some(0), rate: None }, "pause"),
        (kind.clone(), Limits { concurrency: None, rate: Some(Rate { max: 0, window_ms: 1 }) }, "pause"),
        (kind.clone(), Limits { concurrency: None, rate: Some(Rate { max: 1, window_ms: 0 }) }, "window"),
        (kind, Limits { concurrency: Some(2_000_000), rate: None }, "1000000"),
        (Scope::Queue(String::new()), Limits { concurrency: Some(1), rate: None }, "queue"),
    ];
    for (scope, limits, text) in bad {
        let refused = atelier_queue::limit(&house.pool, &scope, limits, "eve").await;
        assert!(matches!(&refused, Err(SteerError::Refused(why)) if why.contains(text)), "{refused:?}");
    }
    assert_eq!(house.count("select count(*) from queue.control").await, 0);
    assert_eq!(house.count("select count(*) from queue.action").await, 0);
}

#[tokio::test]
async fn stats_tell_what_waits_runs_and_failed() {
    let house = House::new().await;
    house.act("fail", 0, 1).await;
    house.act("", 0, 1).await;
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    let worker = house.work(slots(3));
    house.act("", 60_000, 1).await;
    house.reaches("select count(*) from log where event = 'start'", 3).await;
    house.reaches("select count(*) from queue.worker", 1).await;
    let later = NewJob { delay: chrono::Duration::hours(1), ..NewJob::new("default", "act", json!({})) };
    house.put(later).await;
    house.put(NewJob::new("attic", "act", json!({}))).await;
    house.run_sql("update queue.job set run_at = run_at - interval '1 minute' where queue = 'attic'").await;
    let stats = read::stats(&house.pool, &["default", "attic"]).await.expect("reads");
    let numbers =
        stats.iter().map(|q| [q.ready, q.scheduled, q.running, q.dead, q.done_last_hour].map(|d| d.0));
    assert_eq!(numbers.collect::<Vec<_>>(), [[0, 1, 1, 1, 1], [1, 0, 0, 0, 0]]);
    assert_eq!((stats[0].slots, stats[1].slots), (3, 0));
    assert!((60.0..120.0).contains(&stats[1].oldest_ready_s), "{}", stats[1].oldest_ready_s);
    let target = atelier_queue::Target::Matching(read::Filter::default());
    atelier_queue::steer(&house.pool, atelier_queue::Action::Cancel, &target, "eve").await.expect("is done");
    worker.stop().await;
}
