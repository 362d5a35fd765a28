//! Accounts to look around with.

use chrono::{DateTime, Duration, Utc};
use domain::role::Role;
use jobs::all::objects_gc::ObjectsGc;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::Client,
};

async fn start() -> TestApp {
    let flags = "enable-demo-users disable-secure-session-cookies";
    TestApp::with(Settings::default().set("PENPOT_FLAGS", flags).set("PENPOT_DELETION_DELAY", "3d")).await
}

/// Makes one and logs in.
async fn demo(app: &TestApp) -> (Client, Json) {
    let made = app.anonymous().call("create-demo-profile", json!({})).await.ok();
    let text = |key: &str| made[key].as_str().expect("text").to_owned();
    let mut client = app.anonymous();
    client.login(&text("email"), &text("password")).await.ok();
    let profile = client.call("get-profile", json!({})).await.ok();
    (client, profile)
}

#[tokio::test]
async fn a_demo_account_works_until_it_ends() {
    let app = start().await;
    let (client, profile) = demo(&app).await;
    assert_eq!((&profile["isDemo"], &profile["isActive"]), (&json!(true), &json!(true)));
    let params = json!({"projectId": profile["defaultProjectId"], "name": "Sketch"});
    let file = client.call("create-file", params).await.ok();
    client.call("get-file", json!({"id": file["id"]})).await.ok();
    client.call("update-profile", json!({"fullname": "Me"})).await.ok();
    let (_, other) = demo(&app).await;
    assert_ne!(profile["email"], other["email"]);

    let sql = "SELECT deleted_at FROM profile ORDER BY created_at LIMIT 1";
    let ends: DateTime<Utc> = sqlx::query_scalar(sql).fetch_one(&app.app.pool).await.expect("reads");
    let left = ends - app.app.now();
    assert!(left > Duration::days(3) - Duration::minutes(5) && left <= Duration::days(3), "{left}");
    let past = "UPDATE profile SET deleted_at = now() - interval '1 second'";
    sqlx::query(past).execute(&app.app.pool).await.expect("ends");
    let over = client.call("get-teams", json!({})).await;
    assert_eq!(over.failure(), "401 authentication/authentication-required");
}

#[tokio::test]
async fn nothing_stays_of_it() {
    let app = start().await;
    let (client, _) = demo(&app).await;
    client.call("create-team", json!({"name": "Mine"})).await.ok();
    let shared = client.call("create-team", json!({"name": "Ours"})).await.ok();
    let ana = app.person("ana").await;
    app.join(&shared, &ana, Role::Admin).await;

    app.run_job_later(ObjectsGc {}, Duration::days(2)).await;
    assert_eq!(app.count("SELECT count(*) FROM team WHERE deleted_at IS NOT NULL").await, 0, "too early");
    app.run_job_later(ObjectsGc {}, Duration::days(4)).await;
    assert_eq!(app.count("SELECT count(*) FROM profile WHERE is_demo").await, 0);
    let left = app.count("SELECT count(*) FROM team WHERE name = 'Ours'").await;
    assert_eq!(
        (left, app.count("SELECT count(*) FROM team").await),
        (1, 2),
        "what others are in, and Ana's own"
    );
}

#[tokio::test]
async fn without_the_flag_there_are_none() {
    let app = TestApp::start().await;
    let refused = app.anonymous().call("create-demo-profile", json!({})).await;
    assert_eq!(refused.failure(), "400 validation/demo-users-not-allowed");
}
