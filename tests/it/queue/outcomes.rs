//! How jobs come in, and how each run ends.

use std::time::Duration;

use atelier_queue::{Drained, NewJob, enqueue, enqueue_batch, read, read::State};
use serde_json::json;

use super::setup::{House, config};

#[tokio::test]
async fn a_job_exists_exactly_when_its_transaction_does() {
    let house = House::new().await;
    let mut tx = house.pool.begin().await.expect("begins");
    let gone =
        enqueue(&mut *tx, NewJob::new("default", "act", json!({}))).await.expect("enqueues").expect("is new");
    tx.rollback().await.expect("rolls back");
    let mut tx = house.pool.begin().await.expect("begins");
    let kept =
        enqueue(&mut *tx, NewJob::new("default", "act", json!({}))).await.expect("enqueues").expect("is new");
    tx.commit().await.expect("commits");

    let drained = atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    assert_eq!(drained, Drained { ran: 1, failed: 0 });
    assert_eq!(house.show(kept).await.state, State::Done);
    assert!(read::show(&house.pool, gone).await.expect("reads").is_none());
}

#[tokio::test]
async fn bad_input_is_refused_and_nothing_is_written() {
    let house = House::new().await;
    let job = || NewJob::new("default", "act", json!({}));
    let bad = [
        NewJob { payload: json!("x".repeat(70_000)), ..job() },
        NewJob { unique_key: Some("k".repeat(513)), ..job() },
        NewJob { max_attempts: 0, ..job() },
        NewJob { delay: chrono::Duration::seconds(-1), ..job() },
    ];
    for job in bad {
        enqueue(&house.pool, job).await.expect_err("refused");
    }
    assert_eq!(house.count("select count(*) from queue.job").await, 0);
}

#[tokio::test]
async fn errors_and_panics_are_tried_again_and_then_kept_with_every_error() {
    let house = House::new().await;
    let worker = house.work(config());
    let (error, panic) = (house.act("error", 0, 3).await, house.act("panic", 0, 2).await);
    let (fail, good) = (house.act("fail", 0, 9).await, house.act("", 0, 1).await);

    let shown = house.ended(error).await;
    assert_eq!((shown.state, shown.attempt, shown.errors.len()), (State::Dead, 3, 3));
    assert_eq!(shown.errors[0].error, "boom  nul");
    assert!(
        shown.errors[1].at - shown.errors[0].at >= chrono::Duration::milliseconds(25),
        "waited between attempts"
    );
    let shown = house.ended(panic).await;
    assert_eq!((shown.state, shown.errors.len()), (State::Dead, 2));
    assert_eq!(shown.errors[1].error, "panic: kaboom");
    assert_eq!((house.ended(fail).await.state, house.show(fail).await.attempt), (State::Dead, 1));
    assert_eq!(house.ended(good).await.state, State::Done, "the worker lives");
    worker.stop().await;
    assert_eq!(house.count("select count(*) from queue.worker").await, 0, "the worker signed off");
}

#[tokio::test]
async fn what_nobody_can_run_is_never_done() {
    let house = House::new().await;
    let unknown = house.put(NewJob::new("default", "nobody", json!({}))).await;
    let undecodable = house.put(NewJob::new("default", "act", json!([1, 2]))).await;
    let mut late = NewJob::new("default", "act", json!({}));
    late.deadline = Some("2001-01-01T00:00:00Z".parse().expect("a time"));
    let late = house.put(late).await;
    let drained = atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    assert_eq!(drained, Drained { ran: 3, failed: 3 });
    for (id, text) in [(unknown, "no handler"), (undecodable, "does not decode"), (late, "deadline")] {
        let shown = house.show(id).await;
        assert_eq!((shown.state, shown.attempt), (State::Dead, 1));
        assert!(shown.errors[0].error.contains(text), "{:?}", shown.errors);
    }
}

#[tokio::test]
async fn a_twin_is_written_only_after_the_first_has_ended() {
    let house = House::new().await;
    let job = || NewJob { unique_key: Some("one".into()), ..NewJob::new("default", "act", json!({})) };
    house.put(job()).await;
    assert_eq!(enqueue(&house.pool, job()).await.expect("no error"), None);
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    house.put(job()).await;
}

#[tokio::test]
async fn a_snooze_uses_no_attempt_and_a_time_limit_does() {
    let house = House::new().await;
    let worker = house.work(config());
    let snooze = house.act("snooze", 0, 1).await;
    let mut slow = NewJob::new("default", "act", json!({"ms": 60_000}));
    slow.timeout = Some(Duration::from_millis(50));
    slow.max_attempts = 2;
    let slow = house.put(slow).await;
    let shown = house.ended(snooze).await;
    assert_eq!((shown.state, shown.attempt), (State::Done, 1));
    assert_eq!(house.count("select count(*) from log where event = 'start' and job = 1").await, 3);
    let shown = house.ended(slow).await;
    assert_eq!((shown.state, shown.attempt), (State::Dead, 2));
    assert!(shown.errors[0].error.contains("50ms"), "{:?}", shown.errors);
    worker.stop().await;
}

#[tokio::test]
async fn progress_and_log_stay_with_the_job() {
    let house = House::new().await;
    let id = house.act("tell", 0, 1).await;
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    let progress = house.show(id).await.progress.expect("told");
    assert_eq!((progress["done"].as_i64(), progress["total"].as_i64()), (Some(3), Some(9)));
    assert_eq!(
        (&progress["message"], &progress["log"][0]["text"]),
        (&json!("three of nine"), &json!("a line"))
    );
}

#[tokio::test]
async fn a_drain_leaves_what_is_for_later() {
    let house = House::new().await;
    let mut later = NewJob::new("default", "act", json!({}));
    later.delay = chrono::Duration::hours(1);
    let later = house.put(later).await;
    let batch = NewJob::new("default", "act", json!({}));
    let payloads = vec![json!({}); 1_000];
    assert_eq!(enqueue_batch(&house.pool, batch, &payloads).await.expect("enqueues"), 1_000);
    let drained = atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    assert_eq!(drained, Drained { ran: 1_000, failed: 0 });
    assert_eq!(house.show(later).await.state, State::Scheduled);
}

#[tokio::test]
async fn pages_are_in_order_and_filtered() {
    let house = House::new().await;
    for then in ["", "fail", "", "fail", ""] {
        house.act(then, 0, 1).await;
    }
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    house.act("", 0, 1).await;
    let page = |before, states: &[State]| read::Filter {
        before,
        limit: 4,
        states: states.to_vec(),
        ..Default::default()
    };
    let ids = |jobs: Vec<read::Shown>| jobs.iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(read::list(&house.pool, &page(None, &[])).await.expect("lists").jobs), [6, 5, 4, 3]);
    assert_eq!(ids(read::list(&house.pool, &page(Some(3), &[])).await.expect("lists").jobs), [2, 1]);
    assert_eq!(ids(read::list(&house.pool, &page(None, &[State::Dead])).await.expect("lists").jobs), [4, 2]);
    assert_eq!(ids(read::list(&house.pool, &page(None, &[State::Ready])).await.expect("lists").jobs), [6]);
}
