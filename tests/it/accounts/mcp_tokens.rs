//! Tokens of the kind `mcp`: one at a time, and shown again.

use serde_json::json;
use tests::app::TestApp;

#[tokio::test]
async fn a_new_one_ends_the_one_before_and_only_that() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let none = ana.call("get-current-mcp-token", json!({})).await;
    assert_eq!((none.status.as_u16(), none.text()), (204, String::new()));
    ana.call("create-access-token", json!({"name": "plain"})).await.ok();
    let first = ana.call("create-access-token", json!({"name": "one", "type": "mcp"})).await.ok();
    bo.call("create-access-token", json!({"name": "his", "type": "mcp"})).await.ok();
    let mut program = app.anonymous();
    program.authorization = Some(format!("Token {}", first["token"].as_str().expect("a token")));
    program.call("get-teams", json!({})).await.ok();

    let params = json!({"name": "two", "type": "mcp", "expiration": "1h"});
    let second = ana.call("create-access-token", params).await.ok();
    let ended = program.call("get-teams", json!({})).await;
    assert_eq!(ended.failure(), "401 authentication/authentication-required");
    let current = ana.call("get-current-mcp-token", json!({})).await.ok();
    assert_eq!(current["expiresAt"], second["expiresAt"]);
    program.authorization = Some(format!("Token {}", current["token"].as_str().expect("a token")));
    assert_eq!(program.call("get-profile", json!({})).await.ok()["id"], ana.profile["id"]);

    let listed = ana.call("get-access-tokens", json!({})).await.ok();
    let tokens = listed.as_array().expect("a list").iter();
    let shown: Vec<_> = tokens.map(|one| (&one["name"], one.get("token").is_some())).collect();
    assert_eq!(shown, [(&json!("two"), true), (&json!("plain"), false)], "{listed}");
    bo.call("get-current-mcp-token", json!({})).await.ok();
    sqlx::query("UPDATE access_token SET expires_at = now() - interval '1 second'")
        .execute(&app.app.pool)
        .await
        .expect("ages");
    assert_eq!(ana.call("get-current-mcp-token", json!({})).await.text(), "", "an expired one is none");
}

#[tokio::test]
async fn of_many_that_are_made_at_once_one_stays() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let make = |name: &str| ana.call("create-access-token", json!({"name": name, "type": "mcp"}));
    let (one, two, three) = tokio::join!(make("one"), make("two"), make("three"));
    for made in [one, two, three] {
        made.ok();
    }
    assert_eq!(app.count("SELECT count(*) FROM access_token").await, 1);
}
