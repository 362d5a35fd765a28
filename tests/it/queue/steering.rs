//! What people do to jobs, queues and schedules.

use std::time::Duration;

use atelier_queue::{
    Action, Config, JobError, NewJob, Router, Run, Schedule, Scope, SteerError, Target, Twin, enqueue, read,
    read::{Filter, State},
};
use serde_json::{Value, json};

use super::setup::{House, PATIENCE, Worker, config};

async fn steer(house: &House, action: Action, ids: &[i64]) -> u64 {
    atelier_queue::steer(&house.pool, action, &Target::Ids(ids.to_vec()), "eve").await.expect("is done")
}

#[tokio::test]
async fn a_waiting_job_is_cancelled_at_once_and_can_be_taken_back() {
    let house = House::new().await;
    let later = NewJob { delay: chrono::Duration::hours(1), ..NewJob::new("default", "act", json!({})) };
    let (later, ready) = (house.put(later).await, house.act("", 0, 1).await);
    assert_eq!(steer(&house, Action::Cancel, &[later, ready, 99]).await, 2);
    for id in [later, ready] {
        let shown = house.show(id).await;
        assert_eq!((shown.state, shown.attempt), (State::Cancelled, 0));
        assert_eq!(shown.errors[0].error, "cancelled by eve before it started");
    }
    assert_eq!(steer(&house, Action::Retry, &[later]).await, 1);
    let worker = house.work(config());
    assert_eq!(house.ended(later).await.state, State::Done);
    worker.stop().await;
    assert_eq!(house.count("select count(*) from log where event = 'start'").await, 1);
}

#[tokio::test]
async fn a_running_job_is_told_and_then_ended() {
    let house = House::new().await;
    let worker = house.work(Config { cancel: Duration::from_millis(200), ..config() });
    // One listens, one does not, one is done before anybody can end it.
    let (obeys, deaf) = (house.act("obey", 0, 5).await, house.act("", 60_000, 5).await);
    house.reaches("select count(*) from log where event = 'start'", 2).await;
    assert_eq!(steer(&house, Action::Cancel, &[obeys, deaf]).await, 2);
    let shown = house.ended(obeys).await;
    assert_eq!(shown.state, State::Cancelled);
    assert_eq!(shown.errors[0].error, "cancelled by eve: stopped half-way");
    let shown = house.ended(deaf).await;
    assert_eq!((shown.state, shown.attempt), (State::Cancelled, 1));
    assert!(shown.errors[0].error.contains("did not stop within 200ms"), "{:?}", shown.errors);
    worker.stop().await;
    assert_eq!(house.count("select count(*) from log where event = 'told'").await, 1);
    assert_eq!(house.count("select count(*) from log where event = 'end'").await, 0);
}

#[tokio::test]
async fn a_cancelled_job_of_a_lost_worker_does_not_come_back() {
    let house = House::new().await;
    let id = house.act("", 60_000, 5).await;
    let lost = house.work(config());
    house.reaches("select count(*) from log where event = 'start'", 1).await;
    house
        .run_sql(
            "update queue.job set cancel_requested_at = now(), cancel_by = 'eve', \
                  lease_until = now() - interval '1 second', lease_token = 1",
        )
        .await;
    let shown = house.ended(id).await;
    assert_eq!((shown.state, shown.attempt), (State::Cancelled, 1));
    lost.shut_down();
}

#[tokio::test]
async fn dead_letters_are_retried_or_discarded_by_filter() {
    let house = House::new().await;
    for _ in 0..5 {
        house.act("fail", 0, 3).await;
    }
    house.put(NewJob::new("default", "nobody", json!({}))).await;
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    let of = |kind: &str| Target::Matching(Filter { kind: Some(kind.into()), ..Filter::default() });
    let count = async |action, target: Target| {
        atelier_queue::count(&house.pool, action, &target, 1_000).await.expect("counts")
    };
    assert_eq!(count(Action::Discard, of("act")).await, 5);
    assert_eq!(count(Action::Discard, Target::Matching(Filter::default())).await, 6);
    let hopeless = Filter { text: Some("HOPELESS".into()), ..Filter::default() };
    assert_eq!(count(Action::Retry, Target::Matching(hopeless)).await, 5);

    atelier_queue::steer(&house.pool, Action::Discard, &of("act"), "eve").await.expect("is done");
    assert_eq!(house.count("select count(*) from queue.job_dead").await, 1);
    assert_eq!(house.show(1).await.state, State::Discarded);
    assert_eq!(house.show(1).await.errors.len(), 1, "with its error");
    let back =
        atelier_queue::steer(&house.pool, Action::Retry, &Target::Matching(Filter::default()), "eve").await;
    assert_eq!(back.expect("is done"), 6, "what was discarded comes back too");
    let shown = house.show(1).await;
    assert_eq!((shown.state, shown.attempt, shown.errors.len()), (State::Ready, 0, 1));
}

#[tokio::test]
async fn a_retry_does_not_push_a_twin_aside() {
    let house = House::new().await;
    let job = || NewJob {
        unique_key: Some("one".into()),
        max_attempts: 1,
        ..NewJob::new("default", "act", json!({"then": "fail"}))
    };
    let dead = house.put(job()).await;
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    let twin = house.put(job()).await;
    assert_eq!(steer(&house, Action::Retry, &[dead]).await, 0);
    assert_eq!((house.show(dead).await.state, house.show(twin).await.state), (State::Dead, State::Ready));
    assert_eq!(house.count("select count(*) from queue.action").await, 0, "nothing was done");
}

#[tokio::test]
async fn waiting_jobs_start_now_or_earlier_than_others() {
    let house = House::new().await;
    let later = |_| NewJob { delay: chrono::Duration::hours(1), ..NewJob::new("default", "act", json!({})) };
    let (first, second) = (house.put(later(1)).await, house.put(later(2)).await);
    assert_eq!(steer(&house, Action::Prioritise(7), &[first]).await, 1);
    assert_eq!(steer(&house, Action::RunNow, &[first, second]).await, 2);
    assert_eq!(house.show(first).await.priority, 7);
    let worker = house.work(Config { queues: vec![("default".into(), 1)], ..config() });
    house.ended(first).await;
    worker.stop().await;
    assert_eq!(house.count("select job from log where event = 'start' order by id limit 1").await, second);
    let refused =
        atelier_queue::steer(&house.pool, Action::Prioritise(-1), &Target::Ids(vec![1]), "eve").await;
    assert!(matches!(refused, Err(SteerError::Refused(text)) if text.contains("0 to 10000")));
}

#[tokio::test]
async fn a_bulk_action_goes_through_all_portions() {
    let house = House::new().await;
    house.many(2_500, "act", None, 0).await;
    house.act("", 0, 1).await;
    let all = Target::Matching(Filter::default());
    let done = atelier_queue::steer(&house.pool, Action::Cancel, &all, "eve").await.expect("is done");
    assert_eq!((done, house.count("select count(*) from queue.job_void").await), (2_501, 2_501));
    let actions = read::actions(&house.pool, None, 10).await.expect("reads");
    assert_eq!(actions.iter().map(|action| action.changed).sum::<i64>(), 2_501);
    assert!(
        actions.iter().all(|a| a.who == "eve" && a.action == "cancel" && a.target == json!({"filter": {}}))
    );
}

#[tokio::test]
async fn a_paused_queue_or_kind_starts_nothing_until_it_is_resumed() {
    let house = House::new().await;
    let slots = vec![("default".to_owned(), 2), ("attic".to_owned(), 1)];
    let worker = house.work(Config { queues: slots, ..config() });
    for scope in [Scope::Queue("default".into()), Scope::Kind("act".into())] {
        assert!(atelier_queue::pause(&house.pool, &scope, "eve").await.expect("pauses"));
        assert!(!atelier_queue::pause(&house.pool, &scope, "eve").await.expect("is paused already"));
        let heard = async { while !is_held(&house).await {} };
        tokio::time::timeout(PATIENCE, heard).await.expect("is heard of");
        for _ in 0..5 {
            assert!(is_held(&house).await, "{scope}");
        }
        assert!(atelier_queue::resume(&house.pool, &scope, "eve").await.expect("resumes"));
        let done = house.act("", 0, 1).await;
        assert_eq!(house.ended(done).await.state, State::Done);
        assert!(
            atelier_queue::controls(&house.pool).await.expect("reads").is_empty(),
            "nothing is left behind"
        );
    }
    worker.stop().await;
    let actions = read::actions(&house.pool, None, 10).await.expect("reads");
    assert_eq!(actions.iter().filter(|action| action.changed == 1 && action.who == "eve").count(), 4);
}

/// Whether a new job of what is paused still waits when one of something else, enqueued after it, has ended.
async fn is_held(house: &House) -> bool {
    let held = house.act("", 0, 1).await;
    let other = house.put(NewJob::new("attic", "other", json!({}))).await;
    assert_eq!(house.ended(other).await.state, State::Done, "others go on");
    house.show(held).await.state == State::Ready
}

#[tokio::test]
async fn twins_are_kept_or_replaced() {
    let house = House::new().await;
    let twin = |twin, n: u32| NewJob {
        unique_key: Some("one".into()),
        twin,
        ..NewJob::new("default", "act", json!({"n": n}))
    };
    let put = async |job| enqueue(&house.pool, job).await.expect("enqueues");
    // A debounce: each call moves it on, and the last payload counts.
    let later = NewJob { delay: chrono::Duration::hours(1), ..twin(Twin::Replace, 1) };
    let id = put(later).await.expect("is new");
    assert_eq!(put(twin(Twin::Replace, 2)).await, Some(id));
    let shown = house.show(id).await;
    assert_eq!((shown.state, &shown.payload), (State::Ready, &json!({"n": 2})));
    assert_eq!(put(twin(Twin::KeepWaiting, 3)).await, None);
    assert_eq!(house.show(id).await.payload, json!({"n": 2}));

    // While it runs, what covers waiting jobs only is written; what covers unfinished ones is not.
    let worker = busy(&house, twin(Twin::KeepWaiting, 4)).await;
    let next = put(twin(Twin::KeepWaiting, 5)).await;
    assert!(next.is_some(), "the one that runs has given up its key");
    worker.stop().await;
}

/// A worker that runs exactly one job that does not end by itself.
async fn busy(house: &House, job: NewJob) -> Worker {
    house.run_sql("delete from queue.job").await;
    enqueue(&house.pool, NewJob { payload: json!({"ms": 60_000}), ..job })
        .await
        .expect("enqueues")
        .expect("is new");
    let worker = house.work(Config { grace: Duration::ZERO, ..config() });
    house.reaches("select count(*) from log where event = 'start'", 1).await;
    worker
}

#[tokio::test]
async fn an_unfinished_twin_covers_a_running_one() {
    let house = House::new().await;
    let twin = || NewJob { unique_key: Some("one".into()), ..NewJob::new("default", "act", json!({})) };
    let worker = busy(&house, twin()).await;
    assert_eq!(enqueue(&house.pool, twin()).await.expect("enqueues"), None);
    worker.stop().await;
}

#[tokio::test]
async fn housekeeping_waits_for_quiet_and_not_for_ever() {
    let house = House::new().await;
    let chore = || NewJob { housekeeping: true, ..NewJob::new("default", "other", json!({})) };
    let chores = [house.put(chore()).await, house.put(chore()).await];
    house.many(40, "act", None, 20).await;
    let quiet = Config { idle_after: Duration::from_millis(100), ..config() };
    let worker = house.work(quiet.clone());
    for id in chores {
        assert_eq!(house.ended(id).await.state, State::Done);
    }
    worker.stop().await;
    let early = "select count(*) from log where id < (select max(id) from log where job > 2) and job <= 2";
    assert_eq!(house.count(early).await, 0, "all ordinary work came first");

    // A worker that is never quiet, and patience that ends soon.
    let worker = house.work(Config { housekeeping_max_wait: Duration::from_millis(300), ..quiet });
    let endless = house.act("", 60_000, 1).await;
    let chore = house.put(chore()).await;
    let shown = house.ended(chore).await;
    assert_eq!((shown.state, shown.housekeeping), (State::Done, false));
    assert_eq!(house.show(endless).await.state, State::Running);
    steer(&house, Action::Cancel, &[endless]).await;
    house.ended(endless).await;
    worker.stop().await;
}

#[tokio::test]
async fn a_schedule_can_be_paused_and_started_by_hand() {
    let house = House::new().await;
    let schedule =
        || Schedule::new("tick", "0 0 0 1 1 ?", NewJob::new("default", "tick", json!({}))).expect("parses");
    let worker = house.work(Config { schedules: vec![schedule()], ..config() });
    house.reaches("select count(*) from queue.schedule", 1).await;
    let pause = async |name| atelier_queue::pause_schedule(&house.pool, name, "eve").await;
    assert!(pause("tick").await.expect("pauses"));
    assert!(!pause("tick").await.expect("is paused already"));
    assert!(pause("tock").await.expect_err("is unknown").to_string().contains("no schedule \"tock\""));
    house.run_sql("update queue.schedule set next_tick = now() - interval '1 second'").await;
    let id = atelier_queue::run_schedule(&house.pool, "tick", "eve").await.expect("starts").expect("is new");
    let shown = house.ended(id).await;
    assert_eq!((shown.state, shown.origin), (State::Done, Some(json!({"schedule": "tick", "by": "eve"}))));
    assert_eq!(
        house.count("select count(*) from queue.schedule where last_tick is null").await,
        1,
        "it is paused"
    );
    assert!(atelier_queue::resume_schedule(&house.pool, "tick", "eve").await.expect("resumes"));
    house.reaches("select count(*) from queue.job_done", 2).await;
    worker.stop().await;
    let shown = &read::schedules(&house.pool).await.expect("reads")[0];
    assert_eq!(shown.last_run.as_ref().map(|run| run.state), Some(State::Done));
    assert!(shown.last_tick.is_some() && shown.paused_at.is_none());
}

#[tokio::test]
async fn a_dead_letter_is_replayed_here() {
    let house = House::new().await;
    let id = house.put(NewJob::new("default", "new", json!({}))).await;
    atelier_queue::drain(&house.pool, config(), house.router()).await.expect("drains");
    assert_eq!(house.show(id).await.state, State::Dead);
    // Other workers are there, and know nothing of the mended code.
    let worker = house.work(config());
    let mended = Router::new().on("new", |_: Run, _: Value| std::future::ready(Ok::<(), JobError>(())));
    let had = atelier_queue::replay(&house.pool, config(), mended.clone(), id, "eve").await;
    assert!(had.expect("runs"));
    let shown = house.show(id).await;
    assert_eq!((shown.state, shown.errors.len()), (State::Done, 1));
    assert!(
        !atelier_queue::replay(&house.pool, config(), mended, id, "eve").await.expect("asks"),
        "it is done"
    );
    worker.stop().await;
}
