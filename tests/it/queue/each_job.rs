//! What each job does, seen from outside. The sweeps of blobs are part of the story.

use chrono::Duration;
use jobs::{
    Enqueue,
    all::{delete_object::DeleteObject, session_gc::SessionGc, tasks_gc::TasksGc},
    read::{Filter, State, list},
};
use serde_json::json;
use tests::{
    app::{TestApp, operator},
    factory::{Job, insert_jobs},
};

#[tokio::test]
async fn delete_object_marks_every_part_with_the_time_of_the_whole() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    let marked =
        "SELECT count(*) FROM file f JOIN project p ON p.id = f.project_id JOIN team t ON t.id = p.team_id
                  WHERE f.deleted_at = t.deleted_at AND p.deleted_at = t.deleted_at";
    assert_eq!(app.count(marked).await, 0, "the answer did not wait for the parts");

    app.run_jobs().await;
    assert_eq!(app.count(marked).await, 1);
    let kind = <DeleteObject as jobs::Job>::NAME.to_owned();
    let done =
        list(&app.app.pool, &Filter { kind: Some(kind), ..Filter::default() }).await.expect("reads").jobs;
    assert_eq!(done[0].state, State::Done);
    let origin = done[0].origin.as_ref().expect("somebody asked for it");
    assert_eq!(origin["profile_id"], ana.profile["id"], "the job tells who caused it");
    assert!(origin["request_id"].is_string(), "and by which request: {origin}");
    assert_eq!(ana.call("get-file", json!({"id": file["id"]})).await.status.as_u16(), 404);
}

#[tokio::test]
async fn session_gc_ends_what_was_not_renewed() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana").await;
    let email = ana.email.clone();
    ana.login(&email, tests::person::PASSWORD).await.ok();
    assert_eq!(app.count("SELECT count(*) FROM http_session").await, 2);
    app.run_job_later(SessionGc {}, Duration::days(6)).await;
    assert_eq!(app.count("SELECT count(*) FROM http_session").await, 2, "a week is not over");
    app.run_job_later(SessionGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM http_session").await, 0);
    let answer = ana.call("get-teams", json!({})).await;
    assert_eq!(answer.failure(), "401 authentication/authentication-required");
}

#[tokio::test]
async fn tasks_gc_drops_old_days_and_never_dead_jobs() {
    let app = TestApp::start().await;
    app.person("ana").await;
    // A day of history as it would look a month later.
    for statement in [
        "CREATE TABLE queue.job_done_20200101 (LIKE queue.job_done INCLUDING ALL)",
        "ALTER TABLE queue.job_done ATTACH PARTITION queue.job_done_20200101
            FOR VALUES FROM ('2020-01-01T00:00:00Z') TO ('2020-01-02T00:00:00Z')",
    ] {
        sqlx::query(statement).execute(&app.app.pool).await.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }
    let finished_at = "2020-01-01T12:00:00Z".parse().expect("a moment");
    let ended = [Job::done(1_000_000, "send-mail"), Job::dead(1_000_001, "send-mail", "away")];
    insert_jobs(&app.app.db, ended.map(|job| Job { finished_at, ..job })).await;
    let known = async |id| jobs::read::show(&app.app.pool, id).await.expect("reads").is_some();
    assert!(known(1_000_000).await && known(1_000_001).await);
    app.run_job_later(TasksGc {}, Duration::zero()).await;
    assert!(!known(1_000_000).await, "its day is older than the time of grace");
    assert!(known(1_000_001).await, "a dead job stays until somebody takes it away");
    assert!(app.count("SELECT count(*) FROM queue.job_done").await > 0, "today stays");
    app.leaves_dead_jobs(["send-mail"]);
}

#[tokio::test]
async fn a_job_vanishes_with_the_transaction_that_asked_for_it() {
    let app = TestApp::start().await;
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    let job = DeleteObject { object: domain::deletion::Kind::File, id: uuid::Uuid::from_u128(1) };
    let id =
        jobs::enqueue(&tx, &operator(), &job, Enqueue::default()).await.expect("enqueues").expect("is new");
    tx.rollback().await.expect("rolls back");
    assert!(jobs::read::show(&app.app.pool, id).await.expect("reads").is_none());
}
