//! How many calls of one person run side by side.

use futures_util::{StreamExt, stream::FuturesUnordered};
use serde_json::json;
use tests::app::{Settings, TestApp};

/// What `root/by-profile` lets run and wait.
const PLACES: usize = 10 + 100;

/// Sends calls that cannot end as long as their row is locked. Those beyond the places must be refused
/// meanwhile, all others answered in the end.
async fn flood(app: &TestApp, over: usize) {
    let ana = app.person("ana").await;
    let mut lock = app.app.pool.begin().await.expect("a transaction");
    sqlx::query("SELECT 1 FROM profile FOR UPDATE").execute(&mut *lock).await.expect("locks");
    let calls = (0..PLACES + over).map(|_| ana.call("update-profile", json!({"fullname": "Ana"})));
    let mut calls: FuturesUnordered<_> = calls.collect();
    for _ in 0..over {
        let answer = calls.next().await.expect("only refusals come while the row is locked");
        assert_eq!(answer.failure(), "429 concurrency-limit/concurrency-limit");
        assert_eq!(answer.header("retry-after"), "1");
    }
    // Others are not in the way of her crowd, nor she in theirs.
    app.anonymous().call("get-profile", json!({})).await.ok();
    lock.rollback().await.expect("unlocks");
    let answered = calls.map(|answer| answer.ok()).count().await;
    assert_eq!(answered, PLACES);
}

#[tokio::test]
async fn a_crowd_waits_and_the_rest_is_refused_at_once() {
    // More connections than calls that run, one of which is ours.
    let app = TestApp::with(Settings::default().set("PENPOT_DATABASE_MAX_POOL_SIZE", "20")).await;
    flood(&app, 7).await;
}

#[tokio::test]
async fn the_family_is_switched_by_a_flag() {
    let app = TestApp::with(Settings::default().set("PENPOT_FLAGS", "disable-rpc-climit")).await;
    let ana = app.person("ana").await;
    let calls = (0..PLACES + 20).map(|_| ana.call("update-profile", json!({"fullname": "Ana"})));
    let mut calls: FuturesUnordered<_> = calls.collect();
    while let Some(answer) = calls.next().await {
        answer.ok();
    }
}

/// What `document/strangers` lets run and wait.
const STRANGERS: usize = 8 + 200;

#[tokio::test]
async fn strangers_with_a_link_do_not_keep_members_from_their_files() {
    let app = TestApp::with(Settings::default().set("PENPOT_DATABASE_MAX_POOL_SIZE", "20")).await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let link = ana.share(&file["id"], &[], "team").await;
    let mut lock = app.app.pool.begin().await.expect("a transaction");
    sqlx::query("LOCK TABLE share_link").execute(&mut *lock).await.expect("locks");
    let nobody = app.anonymous();
    let params = json!({"fileId": file["id"], "shareId": link});
    let calls = (0..STRANGERS + 5).map(|_| nobody.call("get-view-only-bundle", params.clone()));
    let mut calls: FuturesUnordered<_> = calls.collect();
    for _ in 0..5 {
        let answer = calls.next().await.expect("only refusals come while the table is locked");
        assert_eq!(answer.failure(), "429 concurrency-limit/concurrency-limit");
    }
    ana.call("get-file", json!({"id": file["id"]})).await.ok();
    lock.rollback().await.expect("unlocks");
    let answered = calls.map(|answer| answer.ok()).count().await;
    assert_eq!(answered, STRANGERS);
}
