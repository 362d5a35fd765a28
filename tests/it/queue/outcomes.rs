//! How jobs come in, and how each run ends.

use std::time::Duration;

use atelier_queue::{Drained, NewJob, enqueue, enqueue_batch, read, read::State};
use serde_json::json;

use super::setup::{TestQueue, config};

#[tokio::test]
async fn a_job_exists_exactly_when_its_transaction_does() {
    let queue = TestQueue::new().await;
    let mut tx = queue.pool.begin().await.expect("begins");
    let gone =
        enqueue(&mut *tx, NewJob::new("default", "act", json!({}))).await.expect("enqueues").expect("is new");
    tx.rollback().await.expect("rolls back");
    let mut tx = queue.pool.begin().await.expect("begins");
    let kept =
        enqueue(&mut *tx, NewJob::new("default", "act", json!({}))).await.expect("enqueues").expect("is new");
    tx.commit().await.expect("commits");

    let drained = atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    assert_eq!(drained, Drained { ran: 1, failed: 0 });
    assert_eq!(queue.show(kept).await.state, State::Done);
    assert!(read::show(&queue.pool, gone).await.expect("reads").is_none());
}

#[tokio::test]
async fn bad_input_is_refused_and_nothing_is_written() {
    let queue = TestQueue::new().await;
    let job = || NewJob::new("default", "act", json!({}));
    let bad = [
        NewJob { payload: json!("x".repeat(70_000)), ..job() },
        NewJob { unique_key: Some("k".repeat(513)), ..job() },
        NewJob { max_attempts: 0, ..job() },
        NewJob { delay: chrono::Duration::seconds(-1), ..job() },
    ];
    for job in bad {
        enqueue(&queue.pool, job).await.expect_err("refused");
    }
    assert_eq!(queue.count("select count(*) from queue.job").await, 0);
}

#[tokio::test]
async fn errors_and_panics_are_tried_again_and_then_kept_with_every_error() {
    let queue = TestQueue::new().await;
    let worker = queue.work(config());
    let (error, panic) = (queue.act("error", 0, 3).await, queue.act("panic", 0, 2).await);
    let (fail, good) = (queue.act("fail", 0, 9).await, queue.act("", 0, 1).await);

    let shown = queue.ended(error).await;
    assert_eq!((shown.state, shown.attempt, shown.errors.len()), (State::Dead, 3, 3));
    assert_eq!(shown.errors[0].error, "boom  nul");
    assert!(
        shown.errors[1].at - shown.errors[0].at >= chrono::Duration::milliseconds(25),
        "waited between attempts"
    );
    let shown = queue.ended(panic).await;
    assert_eq!((shown.state, shown.errors.len()), (State::Dead, 2));
    assert_eq!(shown.errors[1].error, "panic: kaboom");
    assert_eq!((queue.ended(fail).await.state, queue.show(fail).await.attempt), (State::Dead, 1));
    assert_eq!(queue.ended(good).await.state, State::Done, "the worker lives");
    worker.stop().await;
    assert_eq!(queue.count("select count(*) from queue.worker").await, 0, "the worker signed off");
}

#[tokio::test]
async fn what_nobody_can_run_is_never_done() {
    let queue = TestQueue::new().await;
    let unknown = queue.put(NewJob::new("default", "nobody", json!({}))).await;
    let undecodable = queue.put(NewJob::new("default", "act", json!([1, 2]))).await;
    let mut late = NewJob::new("default", "act", json!({}));
    late.deadline = Some("2001-01-01T00:00:00Z".parse().expect("a time"));
    let late = queue.put(late).await;
    let drained = atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    assert_eq!(drained, Drained { ran: 3, failed: 3 });
    for (id, text) in [(unknown, "no handler"), (undecodable, "does not decode"), (late, "deadline")] {
        let shown = queue.show(id).await;
        assert_eq!((shown.state, shown.attempt), (State::Dead, 1));
        assert!(shown.errors[0].error.contains(text), "{:?}", shown.errors);
    }
}

#[tokio::test]
async fn a_twin_is_written_only_after_the_first_has_ended() {
    let queue = TestQueue::new().await;
    let job = || NewJob { unique_key: Some("one".into()), ..NewJob::new("default", "act", json!({})) };
    queue.put(job()).await;
    assert_eq!(enqueue(&queue.pool, job()).await.expect("no error"), None);
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    queue.put(job()).await;
}

#[tokio::test]
async fn a_snooze_uses_no_attempt_and_a_time_limit_does() {
    let queue = TestQueue::new().await;
    let worker = queue.work(config());
    let snooze = queue.act("snooze", 0, 1).await;
    let mut slow = NewJob::new("default", "act", json!({"ms": 60_000}));
    slow.timeout = Some(Duration::from_millis(50));
    slow.max_attempts = 2;
    let slow = queue.put(slow).await;
    let shown = queue.ended(snooze).await;
    assert_eq!((shown.state, shown.attempt), (State::Done, 1));
    assert_eq!(queue.count("select count(*) from log where event = 'start' and job = 1").await, 3);
    let shown = queue.ended(slow).await;
    assert_eq!((shown.state, shown.attempt), (State::Dead, 2));
    assert!(shown.errors[0].error.contains("50ms"), "{:?}", shown.errors);
    worker.stop().await;
}

#[tokio::test]
async fn progress_and_log_stay_with_the_job() {
    let queue = TestQueue::new().await;
    let id = queue.act("tell", 0, 1).await;
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    let progress = queue.show(id).await.progress.expect("there is some");
    assert_eq!((progress["done"].as_i64(), progress["total"].as_i64()), (Some(3), Some(9)));
    assert_eq!(
        (&progress["message"], &progress["log"][0]["text"]),
        (&json!("three of nine"), &json!("a line"))
    );
}

#[tokio::test]
async fn a_drain_leaves_what_is_for_later() {
    let queue = TestQueue::new().await;
    let mut later = NewJob::new("default", "act", json!({}));
    later.delay = chrono::Duration::hours(1);
    let later = queue.put(later).await;
    let batch = NewJob::new("default", "act", json!({}));
    let payloads = vec![json!({}); 1_000];
    assert_eq!(enqueue_batch(&queue.pool, batch, &payloads).await.expect("enqueues"), 1_000);
    let drained = atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    assert_eq!(drained, Drained { ran: 1_000, failed: 0 });
    assert_eq!(queue.show(later).await.state, State::Scheduled);
}

#[tokio::test]
async fn pages_are_in_order_and_filtered() {
    let queue = TestQueue::new().await;
    for then in ["", "fail", "", "fail", ""] {
        queue.act(then, 0, 1).await;
    }
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    queue.act("", 0, 1).await;
    let page = |before, states: &[State]| read::Filter {
        before,
        limit: 4,
        states: states.to_vec(),
        ..Default::default()
    };
    let ids = |jobs: Vec<read::Shown>| jobs.iter().map(|job| job.id).collect::<Vec<_>>();
    assert_eq!(ids(read::list(&queue.pool, &page(None, &[])).await.expect("lists").jobs), [6, 5, 4, 3]);
    assert_eq!(ids(read::list(&queue.pool, &page(Some(3), &[])).await.expect("lists").jobs), [2, 1]);
    assert_eq!(ids(read::list(&queue.pool, &page(None, &[State::Dead])).await.expect("lists").jobs), [4, 2]);
    assert_eq!(ids(read::list(&queue.pool, &page(None, &[State::Ready])).await.expect("lists").jobs), [6]);
}
