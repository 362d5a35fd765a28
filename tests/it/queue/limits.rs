//! Limits over all processes, and shares.

use atelier_queue::{
    Config, NewJob,
    admin::{self, AdminError, Limits, Rate, Scope},
    read,
};
use serde_json::json;
use uuid::Uuid;

use super::setup::{TestQueue, config};

fn slots(n: usize) -> Config {
    Config { queues: vec![("default".to_owned(), n)], ..config() }
}

async fn limit(queue: &TestQueue, scope: &Scope, limits: Limits) {
    assert!(admin::limit(&queue.pool, scope, limits, "eve").await.expect("is set"));
}

/// The most jobs that ran at the same time, from the log of starts and ends.
const MOST_AT_ONCE: &str = "select max(n) from (select sum(case event when 'start' then 1 else -1 end) \
    over (order by id) as n from log) l";

#[tokio::test]
async fn no_more_than_the_limit_run_at_once_in_all_workers() {
    let queue = TestQueue::new().await;
    for scope in [Scope::Kind("act".into()), Scope::Queue("default".into())] {
        queue.run_sql("truncate log, gate").await;
        limit(&queue, &scope, Limits { concurrency: Some(3), rate: None }).await;
        queue.many(40, "act", None, json!({"then": "held"})).await;
        let workers = [queue.work(slots(8)), queue.work(slots(8))];
        queue.reaches("select count(*) from log where event = 'start'", 3).await;
        queue.open_gate().await;
        queue.reaches("select count(*) from log where event = 'end'", 40).await;
        for worker in workers {
            worker.stop().await;
        }
        assert_eq!(queue.count(MOST_AT_ONCE).await, 3, "{scope}: used, and kept");
        limit(&queue, &scope, Limits::default()).await;
    }
    assert!(admin::controls(&queue.pool).await.expect("reads").is_empty());
}

#[tokio::test]
async fn starts_keep_to_a_rate_and_other_kinds_do_not_wait() {
    let queue = TestQueue::new().await;
    // Hours that pass by themselves are not waited for: the test moves when the starts were counted last.
    let five_in_an_hour = Limits { concurrency: None, rate: Some(Rate { max: 5, window_ms: 3_600_000 }) };
    limit(&queue, &Scope::Kind("act".into()), five_in_an_hour).await;
    queue.many(20, "act", None, json!({})).await;
    queue.many(100, "other", None, json!({})).await;
    let workers = [queue.work(slots(8)), queue.work(slots(8))];
    queue.reaches("select count(*) from queue.job_done where kind = 'other'", 100).await;
    let acts = "select count(*) from queue.job_done where kind = 'act'";
    assert_eq!(queue.count(acts).await, 0, "none is free yet");
    // The first five were saved up in an hour, and no more in the next ten.
    for (passed, done) in [
        ("update queue.control set refilled_at = refilled_at - interval '11 hours'", 5),
        ("update queue.control set refilled_at = refilled_at - interval '25 minutes'", 7),
        ("update queue.control set refilled_at = refilled_at - interval '1 hour'", 12),
    ] {
        queue.run_sql(passed).await;
        queue.reaches(acts, done).await;
        // What comes later and is not limited starts all the same, and tells that nothing else could.
        for _ in 0..5 {
            let other = queue.put(NewJob::new("default", "other", json!({}))).await;
            queue.ended(other).await;
        }
        assert_eq!(queue.count("select count(*) from log where event = 'start' and job <= 20").await, done);
    }
    for worker in workers {
        worker.stop().await;
    }
}

#[tokio::test]
async fn a_tenant_with_many_jobs_does_not_hold_up_one_with_few() {
    let queue = TestQueue::new().await;
    let (large, small) = (Uuid::from_u128(1), Uuid::from_u128(2));
    queue.many(10_000, "act", Some(large), json!({"ms": 5})).await;
    let mut few = vec![];
    for _ in 0..5 {
        let job = NewJob { tenant: Some(small), ..NewJob::new("default", "act", json!({"ms": 5})) };
        few.push(queue.put(job).await);
    }
    let worker = queue.work(slots(2));
    for id in few {
        queue.ended(id).await;
    }
    worker.stop().await;
    let before = "select count(*) from log where event = 'start' \
        and id < (select max(id) from log where event = 'start' and job > 10000)";
    let before = queue.count(before).await;
    assert!(before < 200, "{before} started before the last of five");
}

#[tokio::test]
async fn a_flood_of_one_kind_does_not_hold_up_another_and_priority_comes_first() {
    let queue = TestQueue::new().await;
    queue.many(3_000, "act", None, json!({"ms": 2})).await;
    queue.many(3, "other", None, json!({"ms": 2})).await;
    let urgent = queue.put(NewJob { priority: 200, ..NewJob::new("default", "act", json!({})) }).await;
    let worker = queue.work(slots(1));
    queue.reaches("select count(*) from queue.job_done where kind = 'other'", 3).await;
    worker.stop().await;
    assert_eq!(queue.count("select job from log order by id limit 1").await, urgent);
    let before = "select count(*) from log where event = 'start' and job <= 3000 \
        and id < (select max(id) from log where event = 'start' and job between 3001 and 3003)";
    let before = queue.count(before).await;
    assert!(before < 1_000, "{before} of the flood started before the last of three");
}

#[tokio::test]
async fn limits_that_cannot_be_are_refused() {
    let queue = TestQueue::new().await;
    let kind = Scope::Kind("act".into());
    let bad = [
        (kind.clone(), Limits { concurrency: Some(0), rate: None }, "pause"),
        (kind.clone(), Limits { concurrency: None, rate: Some(Rate { max: 0, window_ms: 1 }) }, "pause"),
        (kind.clone(), Limits { concurrency: None, rate: Some(Rate { max: 1, window_ms: 0 }) }, "window"),
        (kind, Limits { concurrency: Some(2_000_000), rate: None }, "1000000"),
        (Scope::Queue(String::new()), Limits { concurrency: Some(1), rate: None }, "queue"),
    ];
    for (scope, limits, text) in bad {
        let refused = admin::limit(&queue.pool, &scope, limits, "eve").await;
        assert!(matches!(&refused, Err(AdminError::Refused(why)) if why.contains(text)), "{refused:?}");
    }
    assert_eq!(queue.count("select count(*) from queue.control").await, 0);
    assert_eq!(queue.count("select count(*) from queue.action").await, 0);
}

#[tokio::test]
async fn stats_tell_what_waits_runs_and_failed() {
    let queue = TestQueue::new().await;
    queue.act("fail", 0, 1).await;
    queue.act("", 0, 1).await;
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    let worker = queue.work(slots(3));
    queue.act("", 60_000, 1).await;
    queue.reaches("select count(*) from log where event = 'start'", 3).await;
    queue.reaches("select count(*) from queue.worker", 1).await;
    let later = NewJob { delay: chrono::Duration::hours(1), ..NewJob::new("default", "act", json!({})) };
    queue.put(later).await;
    queue.put(NewJob::new("attic", "act", json!({}))).await;
    queue.run_sql("update queue.job set run_at = run_at - interval '1 minute' where queue = 'attic'").await;
    let stats = read::stats(&queue.pool, &["default", "attic"]).await.expect("reads");
    let numbers =
        stats.iter().map(|q| [q.ready, q.scheduled, q.running, q.dead, q.done_last_hour].map(|d| d.0));
    assert_eq!(numbers.collect::<Vec<_>>(), [[0, 1, 1, 1, 1], [1, 0, 0, 0, 0]]);
    assert_eq!((stats[0].slots, stats[1].slots), (3, 0));
    assert!(stats[1].oldest_ready_s >= 60.0, "{}", stats[1].oldest_ready_s);
    let target = admin::Target::Matching(read::Filter::default());
    admin::apply(&queue.pool, admin::Action::Cancel, &target, "eve").await.expect("is done");
    worker.stop().await;
}
