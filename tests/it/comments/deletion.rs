//! Comments and what they are about: deleted, restored, purged.

use super::scene::{Scene, answer, said};
use chrono::Duration;
use domain::deletion::restore;
use entities::ids::TeamId;
use jobs::all::objects_gc::ObjectsGc;
use serde_json::{Value as Json, json};
use tests::app::operator;

#[tokio::test]
async fn they_go_and_come_back_with_their_team() {
    let scene = Scene::new().await;
    let Scene { app, ana, bo, .. } = &scene;
    let begun = scene.begin(bo, "Larger").await;
    answer(ana, &begun, "Why?").await;
    let before = scene.threads(ana).await;
    ana.call("delete-team", json!({"id": scene.team["id"]})).await.ok();
    app.run_jobs().await;
    for (method, id) in [("get-comments", "threadId"), ("update-comment-thread-status", "id")] {
        let gone = bo.call(method, json!({id: begun["id"]})).await;
        assert_eq!(gone.failure(), "404 not-found/object-not-found", "{method}");
    }
    let marked = bo.call("mark-all-threads-as-read", json!({"threads": [begun["id"]]})).await;
    marked.ok();
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    let team = TeamId(super::scene::id(&scene.team["id"]));
    restore::team(&tx, &operator(), team, app.app.now()).await.expect("restores");
    tx.commit().await.expect("commits");
    assert_eq!(scene.threads(ana).await, before);
    assert_eq!(said(bo, &begun).await, ["Larger", "Why?"]);
    assert_eq!(scene.unread(bo).await, [(json!("Larger"), json!(1))], "what is hidden cannot be marked");

    ana.call("delete-team", json!({"id": scene.team["id"]})).await.ok();
    app.run_jobs().await;
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    let left = "SELECT (SELECT count(*) FROM comment_thread) + (SELECT count(*) FROM comment)
                     + (SELECT count(*) FROM comment_thread_status) + (SELECT count(*) FROM comment_notice)";
    assert_eq!(app.count(left).await, 0);
    app.leaves_jobs(["send-comment-mail"]);
}

#[tokio::test]
async fn what_somebody_said_stays_when_their_account_is_gone() {
    let scene = Scene::new().await;
    let Scene { app, ana, bo, .. } = &scene;
    let begun = scene.begin(bo, "Larger").await;
    answer(ana, &begun, "Why?").await;
    bo.call("delete-profile", json!({})).await.ok();
    app.run_jobs().await;
    assert_eq!(scene.threads(ana).await[0]["ownerFullname"], "bo", "it can be restored");
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM profile WHERE email = 'bo@example.com'").await, 0);
    let threads = scene.threads(ana).await;
    assert_eq!((&threads[0]["content"], &threads[0]["ownerId"]), (&json!("Larger"), &begun["ownerId"]));
    assert_eq!((&threads[0]["ownerFullname"], &threads[0]["ownerEmail"]), (&Json::Null, &Json::Null));
    assert_eq!(said(ana, &begun).await, ["Larger", "Why?"]);
    app.leaves_jobs(["send-comment-mail"]);
}
