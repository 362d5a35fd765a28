//! Access tokens: made, shown once, used, and taken back.

use serde_json::json;
use tests::app::{Settings, TestApp};

#[tokio::test]
async fn a_token_works_until_it_is_deleted() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let made = ana.call("create-access-token", json!({"name": "script"})).await.ok();
    let token = made["token"].as_str().expect("the token is shown once").to_owned();
    let mut script = app.anonymous();
    script.authorization = Some(format!("Token {token}"));
    assert_eq!(script.call("get-profile", json!({})).await.ok()["id"], ana.profile["id"]);

    let listed = ana.call("get-access-tokens", json!({})).await.ok();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
    assert_eq!(listed[0].get("token"), None, "never shown again");

    let bo = app.person("bo").await;
    bo.call("delete-access-token", json!({"id": made["id"]})).await.ok();
    script.call("get-teams", json!({})).await.ok();
    ana.call("delete-access-token", json!({"id": made["id"]})).await.ok();
    assert_eq!(
        script.call("get-teams", json!({})).await.failure(),
        "401 authentication/authentication-required"
    );
}

#[tokio::test]
async fn an_expired_token_is_nobody() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let made = ana.call("create-access-token", json!({"name": "short", "expiration": "1h"})).await.ok();
    let mut script = app.anonymous();
    script.authorization = Some(format!("Token {}", made["token"].as_str().expect("token")));
    script.call("get-teams", json!({})).await.ok();
    sqlx::query("UPDATE access_token SET expires_at = now() - interval '1 second'")
        .execute(&app.app.pool)
        .await
        .expect("ages it");
    assert_eq!(
        script.call("get-teams", json!({})).await.failure(),
        "401 authentication/authentication-required"
    );
}

#[tokio::test]
async fn without_the_flag_tokens_open_nothing() {
    let app = TestApp::with(Settings::default().set("PENPOT_FLAGS", "disable-secure-session-cookies")).await;
    let ana = app.person("ana").await;
    let made = ana.call("create-access-token", json!({"name": "script"})).await;
    let token = made.json()["token"].as_str().unwrap_or("none").to_owned();
    let mut script = app.anonymous();
    script.authorization = Some(format!("Token {token}"));
    assert_eq!(
        script.call("get-teams", json!({})).await.failure(),
        "401 authentication/authentication-required"
    );
}
