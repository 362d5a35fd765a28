//! What people do to jobs, queues and schedules.

use std::time::Duration;

use atelier_queue::{
    Config, JobError, NewJob, Router, Run, Schedule, Twin,
    admin::{Action, AdminError, Scope, Target},
    enqueue, read,
    read::{Filter, State},
};
use serde_json::{Value, json};

use super::setup::{PATIENCE, TestQueue, Worker, config};

async fn apply(queue: &TestQueue, action: Action, ids: &[i64]) -> u64 {
    atelier_queue::admin::apply(&queue.pool, action, &Target::Ids(ids.to_vec()), "eve")
        .await
        .expect("is done")
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once_and_can_be_taken_back() {
    let queue = TestQueue::new().await;
    let later = NewJob { delay: chrono::Duration::hours(1), ..NewJob::new("default", "act", json!({})) };
    let (later, ready) = (queue.put(later).await, queue.act("", 0, 1).await);
    assert_eq!(apply(&queue, Action::Cancel, &[later, ready, 99]).await, 2);
    for id in [later, ready] {
        let shown = queue.show(id).await;
        assert_eq!((shown.state, shown.attempt), (State::Cancelled, 0));
        assert_eq!(shown.errors[0].error, "cancelled by eve before it started");
    }
    assert_eq!(apply(&queue, Action::Retry, &[later]).await, 1);
    let worker = queue.work(config());
    assert_eq!(queue.ended(later).await.state, State::Done);
    worker.stop().await;
    assert_eq!(queue.count("select count(*) from log where event = 'start'").await, 1);
}

#[tokio::test]
async fn a_running_job_is_told_and_then_ended() {
    let queue = TestQueue::new().await;
    // One listens, and has all the time it needs; one does not, and has little.
    let patient = queue.work(Config { cancel: PATIENCE, ..config() });
    let slots = vec![("attic".to_owned(), 1)];
    let strict = queue.work(Config { cancel: Duration::from_millis(200), queues: slots, ..config() });
    let obeys = queue.act("obey", 0, 5).await;
    let deaf = NewJob { max_attempts: 5, ..NewJob::new("attic", "act", json!({"then": "held"})) };
    let deaf = queue.put(deaf).await;
    queue.reaches("select count(*) from log where event = 'start'", 2).await;
    assert_eq!(apply(&queue, Action::Cancel, &[obeys, deaf]).await, 2);
    let shown = queue.ended(obeys).await;
    assert_eq!(shown.state, State::Cancelled);
    assert_eq!(shown.errors[0].error, "cancelled by eve: stopped half-way");
    let shown = queue.ended(deaf).await;
    assert_eq!((shown.state, shown.attempt), (State::Cancelled, 1));
    assert!(shown.errors[0].error.contains("did not stop within 200ms"), "{:?}", shown.errors);
    patient.stop().await;
    strict.stop().await;
    assert_eq!(queue.count("select count(*) from log where event = 'obeyed'").await, 1);
    assert_eq!(queue.count("select count(*) from log where event = 'end'").await, 0);
}

#[tokio::test]
async fn a_cancelled_job_of_a_lost_worker_does_not_come_back() {
    let queue = TestQueue::new().await;
    let id = queue.act("", 60_000, 5).await;
    let lost = queue.work(config());
    queue.reaches("select count(*) from log where event = 'start'", 1).await;
    queue
        .run_sql(
            "update queue.job set cancel_requested_at = now(), cancel_by = 'eve', \
                  lease_until = now() - interval '1 second', lease_token = 1",
        )
        .await;
    let shown = queue.ended(id).await;
    assert_eq!((shown.state, shown.attempt), (State::Cancelled, 1));
    lost.shut_down();
}

#[tokio::test]
async fn dead_jobs_are_retried_or_discarded_by_filter() {
    let queue = TestQueue::new().await;
    for _ in 0..5 {
        queue.act("fail", 0, 3).await;
    }
    queue.put(NewJob::new("default", "nobody", json!({}))).await;
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    let of = |kind: &str| Target::Matching(Filter { kind: Some(kind.into()), ..Filter::default() });
    let count = async |action, target: Target| {
        atelier_queue::admin::count(&queue.pool, action, &target, 1_000).await.expect("counts")
    };
    assert_eq!(count(Action::Discard, of("act")).await, 5);
    assert_eq!(count(Action::Discard, Target::Matching(Filter::default())).await, 6);
    let hopeless = Filter { text: Some("HOPELESS".into()), ..Filter::default() };
    assert_eq!(count(Action::Retry, Target::Matching(hopeless)).await, 5);

    atelier_queue::admin::apply(&queue.pool, Action::Discard, &of("act"), "eve").await.expect("is done");
    assert_eq!(queue.count("select count(*) from queue.job_dead").await, 1);
    assert_eq!(queue.show(1).await.state, State::Discarded);
    assert_eq!(queue.show(1).await.errors.len(), 1, "with its error");
    let back =
        atelier_queue::admin::apply(&queue.pool, Action::Retry, &Target::Matching(Filter::default()), "eve")
            .await;
    assert_eq!(back.expect("is done"), 6, "what was discarded comes back too");
    let shown = queue.show(1).await;
    assert_eq!((shown.state, shown.attempt, shown.errors.len()), (State::Ready, 0, 1));
}

#[tokio::test]
async fn a_retry_does_not_push_a_twin_aside() {
    let queue = TestQueue::new().await;
    let job = || NewJob {
        unique_key: Some("one".into()),
        max_attempts: 1,
        ..NewJob::new("default", "act", json!({"then": "fail"}))
    };
    let dead = queue.put(job()).await;
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    let twin = queue.put(job()).await;
    assert_eq!(apply(&queue, Action::Retry, &[dead]).await, 0);
    assert_eq!((queue.show(dead).await.state, queue.show(twin).await.state), (State::Dead, State::Ready));
    assert_eq!(queue.count("select count(*) from queue.action").await, 0, "nothing was done");
}

#[tokio::test]
async fn waiting_jobs_start_now_or_earlier_than_others() {
    let queue = TestQueue::new().await;
    let later = |_| NewJob { delay: chrono::Duration::hours(1), ..NewJob::new("default", "act", json!({})) };
    let (first, second) = (queue.put(later(1)).await, queue.put(later(2)).await);
    assert_eq!(apply(&queue, Action::Prioritise(7), &[first]).await, 1);
    assert_eq!(apply(&queue, Action::RunNow, &[first, second]).await, 2);
    assert_eq!(queue.show(first).await.priority, 7);
    let worker = queue.work(Config { queues: vec![("default".into(), 1)], ..config() });
    queue.ended(first).await;
    worker.stop().await;
    assert_eq!(queue.count("select job from log where event = 'start' order by id limit 1").await, second);
    let refused =
        atelier_queue::admin::apply(&queue.pool, Action::Prioritise(-1), &Target::Ids(vec![1]), "eve").await;
    assert!(matches!(refused, Err(AdminError::Refused(text)) if text.contains("0 to 10000")));
}

#[tokio::test]
async fn a_bulk_action_goes_through_all_portions() {
    let queue = TestQueue::new().await;
    queue.many(2_500, "act", None, json!({})).await;
    queue.act("", 0, 1).await;
    let all = Target::Matching(Filter::default());
    let done = atelier_queue::admin::apply(&queue.pool, Action::Cancel, &all, "eve").await.expect("is done");
    assert_eq!((done, queue.count("select count(*) from queue.job_cancelled").await), (2_501, 2_501));
    let actions = read::actions(&queue.pool, None, 10).await.expect("reads");
    assert_eq!(actions.iter().map(|action| action.changed).sum::<i64>(), 2_501);
    assert!(
        actions.iter().all(|a| a.who == "eve" && a.action == "cancel" && a.target == json!({"filter": {}}))
    );
}

#[tokio::test]
async fn a_paused_queue_or_kind_starts_nothing_until_it_is_resumed() {
    let queue = TestQueue::new().await;
    let slots = vec![("default".to_owned(), 2), ("attic".to_owned(), 1)];
    let worker = queue.work(Config { queues: slots, ..config() });
    for scope in [Scope::Queue("default".into()), Scope::Kind("act".into())] {
        assert!(atelier_queue::admin::pause(&queue.pool, &scope, "eve").await.expect("pauses"));
        assert!(!atelier_queue::admin::pause(&queue.pool, &scope, "eve").await.expect("is paused already"));
        let heard = async { while !is_held(&queue).await {} };
        tokio::time::timeout(PATIENCE, heard).await.expect("is heard of");
        for _ in 0..5 {
            assert!(is_held(&queue).await, "{scope}");
        }
        assert!(atelier_queue::admin::resume(&queue.pool, &scope, "eve").await.expect("resumes"));
        let done = queue.act("", 0, 1).await;
        assert_eq!(queue.ended(done).await.state, State::Done);
        assert!(
            atelier_queue::admin::controls(&queue.pool).await.expect("reads").is_empty(),
            "nothing is left behind"
        );
    }
    worker.stop().await;
    let actions = read::actions(&queue.pool, None, 10).await.expect("reads");
    assert_eq!(actions.iter().filter(|action| action.changed == 1 && action.who == "eve").count(), 4);
}

/// Whether a new job of what is paused still waits when one of something else, enqueued after it, has ended.
async fn is_held(queue: &TestQueue) -> bool {
    let held = queue.act("", 0, 1).await;
    let other = queue.put(NewJob::new("attic", "other", json!({}))).await;
    assert_eq!(queue.ended(other).await.state, State::Done, "others go on");
    queue.show(held).await.state == State::Ready
}

#[tokio::test]
async fn twins_are_kept_or_replaced() {
    let queue = TestQueue::new().await;
    let twin = |twin, n: u32| NewJob {
        unique_key: Some("one".into()),
        twin,
        ..NewJob::new("default", "act", json!({"n": n}))
    };
    let put = async |job| enqueue(&queue.pool, job).await.expect("enqueues");
    // A debounce: each call moves it on, and the last payload counts.
    let later = NewJob { delay: chrono::Duration::hours(1), ..twin(Twin::Replace, 1) };
    let id = put(later).await.expect("is new");
    assert_eq!(put(twin(Twin::Replace, 2)).await, Some(id));
    let shown = queue.show(id).await;
    assert_eq!((shown.state, &shown.payload), (State::Ready, &json!({"n": 2})));
    assert_eq!(put(twin(Twin::KeepWaiting, 3)).await, None);
    assert_eq!(queue.show(id).await.payload, json!({"n": 2}));

    // While it runs, what covers waiting jobs only is written; what covers unfinished ones is not.
    let worker = busy(&queue, twin(Twin::KeepWaiting, 4)).await;
    let next = put(twin(Twin::KeepWaiting, 5)).await;
    assert!(next.is_some(), "the one that runs has given up its key");
    worker.stop().await;
}

/// A worker that runs exactly one job that does not end by itself.
async fn busy(queue: &TestQueue, job: NewJob) -> Worker {
    queue.run_sql("delete from queue.job").await;
    enqueue(&queue.pool, NewJob { payload: json!({"ms": 60_000}), ..job })
        .await
        .expect("enqueues")
        .expect("is new");
    let worker = queue.work(Config { grace: Duration::ZERO, ..config() });
    queue.reaches("select count(*) from log where event = 'start'", 1).await;
    worker
}

#[tokio::test]
async fn an_unfinished_twin_covers_a_running_one() {
    let queue = TestQueue::new().await;
    let twin = || NewJob { unique_key: Some("one".into()), ..NewJob::new("default", "act", json!({})) };
    let worker = busy(&queue, twin()).await;
    assert_eq!(enqueue(&queue.pool, twin()).await.expect("enqueues"), None);
    worker.stop().await;
}

#[tokio::test]
async fn housekeeping_waits_for_quiet_and_not_for_ever() {
    let queue = TestQueue::new().await;
    let chore = || NewJob { housekeeping: true, ..NewJob::new("default", "other", json!({})) };
    let chores = [queue.put(chore()).await, queue.put(chore()).await];
    queue.many(40, "act", None, json!({"ms": 20})).await;
    let quiet = Config { idle_after: Duration::from_millis(100), ..config() };
    let worker = queue.work(quiet.clone());
    for id in chores {
        assert_eq!(queue.ended(id).await.state, State::Done);
    }
    worker.stop().await;
    let early = "select count(*) from log where id < (select max(id) from log where job > 2) and job <= 2";
    assert_eq!(queue.count(early).await, 0, "all ordinary work came first");

    // A worker that is never quiet, and patience that ends soon.
    let worker = queue.work(Config { housekeeping_max_wait: Duration::from_millis(300), ..quiet });
    let endless = queue.act("", 60_000, 1).await;
    let chore = queue.put(chore()).await;
    let shown = queue.ended(chore).await;
    assert_eq!((shown.state, shown.housekeeping), (State::Done, false));
    assert_eq!(queue.show(endless).await.state, State::Running);
    apply(&queue, Action::Cancel, &[endless]).await;
    queue.ended(endless).await;
    worker.stop().await;
}

#[tokio::test]
async fn a_schedule_can_be_paused_and_started_by_hand() {
    let queue = TestQueue::new().await;
    let schedule =
        || Schedule::new("tick", "0 0 0 1 1 ?", NewJob::new("default", "tick", json!({}))).expect("parses");
    let worker = queue.work(Config { schedules: vec![schedule()], ..config() });
    queue.reaches("select count(*) from queue.schedule", 1).await;
    let pause = async |name| atelier_queue::admin::pause_schedule(&queue.pool, name, "eve").await;
    assert!(pause("tick").await.expect("pauses"));
    assert!(!pause("tick").await.expect("is paused already"));
    assert!(pause("tock").await.expect_err("is unknown").to_string().contains("no schedule \"tock\""));
    queue.run_sql("update queue.schedule set next_tick = now() - interval '1 second'").await;
    let id = atelier_queue::admin::run_schedule(&queue.pool, "tick", "eve")
        .await
        .expect("starts")
        .expect("is new");
    let shown = queue.ended(id).await;
    assert_eq!((shown.state, shown.origin), (State::Done, Some(json!({"schedule": "tick", "by": "eve"}))));
    assert_eq!(
        queue.count("select count(*) from queue.schedule where last_tick is null").await,
        1,
        "it is paused"
    );
    assert!(atelier_queue::admin::resume_schedule(&queue.pool, "tick", "eve").await.expect("resumes"));
    queue.reaches("select count(*) from queue.job_done", 2).await;
    worker.stop().await;
    let shown = &read::schedules(&queue.pool).await.expect("reads")[0];
    assert_eq!(shown.last_run.as_ref().map(|run| run.state), Some(State::Done));
    assert!(shown.last_tick.is_some() && shown.paused_at.is_none());
}

#[tokio::test]
async fn a_dead_job_is_replayed_here() {
    let queue = TestQueue::new().await;
    let id = queue.put(NewJob::new("default", "new", json!({}))).await;
    atelier_queue::drain(&queue.pool, config(), queue.router()).await.expect("drains");
    assert_eq!(queue.show(id).await.state, State::Dead);
    // Other workers are there, and know nothing of the mended code.
    let worker = queue.work(config());
    let mended = Router::new().on("new", |_: Run, _: Value| std::future::ready(Ok::<(), JobError>(())));
    let had = atelier_queue::replay(&queue.pool, config(), mended.clone(), id, "eve").await;
    assert!(had.expect("runs"));
    let shown = queue.show(id).await;
    assert_eq!((shown.state, shown.errors.len()), (State::Done, 1));
    assert!(
        !atelier_queue::replay(&queue.pool, config(), mended, id, "eve").await.expect("asks"),
        "it is done"
    );
    worker.stop().await;
}
