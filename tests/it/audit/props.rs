//! What the record says besides the params.

use serde_json::{Value as Json, json};
use tests::{app::TestApp, person::PASSWORD};

/// The newest event of a name.
async fn event(app: &TestApp, name: &str) -> Json {
    let sql = "SELECT to_jsonb(a) FROM audit_log a WHERE name = $1 ORDER BY created_at DESC, id DESC LIMIT 1";
    let found = sqlx::query_scalar(sql).bind(name).fetch_optional(&app.app.pool).await.expect("reads");
    found.unwrap_or_else(|| panic!("no event {name}"))
}

#[tokio::test]
async fn projects_and_files_are_named() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Design").await;
    assert_eq!(event(&app, "create-team").await["props"], json!({"id": team["id"], "name": "Design"}));
    let project = ana.project(&team, "Site").await;
    let made = event(&app, "create-project").await;
    assert_eq!(made["props"], json!({"id": project["id"], "name": "Site", "team-id": team["id"]}));
    ana.call("rename-project", json!({"id": project["id"], "name": "Shop"})).await.ok();
    let renamed = json!({"id": project["id"], "name": "Shop", "team-id": team["id"], "prev-name": "Site"});
    assert_eq!(event(&app, "rename-project").await["props"], renamed);
    let file = ana.file_in(&project["id"], "Home").await;
    assert_eq!(event(&app, "create-file").await["props"]["id"], file["id"]);
    ana.call("rename-file", json!({"id": file["id"], "name": "Start"})).await.ok();
    let renamed = json!({"id": file["id"], "name": "Start", "project-id": project["id"]});
    assert_eq!(event(&app, "rename-file").await["props"], renamed);
    ana.call("delete-project", json!({"id": project["id"]})).await.ok();
    let gone = event(&app, "delete-project").await["props"].clone();
    assert_eq!((&gone["team-id"], &gone["name"]), (&team["id"], &json!("Shop")));
    assert!(gone["created-at"].is_string() && gone["modified-at"].is_string(), "{gone}");
    app.run_jobs().await;
}

#[tokio::test]
async fn invitations_are_told_one_by_one_and_accepted_twice() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let crew = json!({"name": "Ink", "emails": ["bo@example.com"], "role": "editor"});
    let team = ana.call("create-team-with-invitations", crew).await.ok();
    let made = event(&app, "create-team").await;
    assert_eq!((&made["props"]["id"], &made["profile_id"]), (&team["id"], &ana.profile["id"]));
    let created = event(&app, "create-team-invitation").await;
    let id = created["props"]["invitation-id"].clone();
    let about =
        json!({"invitation-id": id, "team-id": team["id"], "email": "bo@example.com", "role": "editor"});
    assert_eq!((&created["props"], &created["profile_id"]), (&about, &ana.profile["id"]));
    let params =
        json!({"teamId": team["id"], "emails": ["bo@example.com", "eve@example.com"], "role": "viewer"});
    ana.call("create-team-invitations", params).await.ok();
    let updated = event(&app, "update-team-invitation").await["props"].clone();
    assert_eq!((&updated["invitation-id"], &updated["role"]), (&id, &json!("viewer")));
    let of_eve = json!({"teamId": team["id"], "email": "eve@example.com"});
    ana.call("delete-team-invitation", of_eve).await.ok();
    let deleted = event(&app, "delete-team-invitation").await["props"].clone();
    assert_eq!(
        deleted["invitation-id"],
        event(&app, "create-team-invitation").await["props"]["invitation-id"]
    );

    let of_bo = json!({"teamId": team["id"], "email": "bo@example.com"});
    let token = ana.call("get-team-invitation-token", of_bo).await.ok()["token"].clone();
    app.anonymous().call("verify-token", json!({"token": token})).await.ok();
    bo.call("verify-token", json!({"token": token})).await.ok();
    let accepted = event(&app, "accept-team-invitation").await;
    let about = json!({"team-id": team["id"], "email": "bo@example.com", "role": "viewer"});
    assert_eq!((&accepted["props"], &accepted["profile_id"]), (&about, &bo.profile["id"]));
    assert_eq!(accepted["ip_addr"], "127.0.0.1");
    let from = event(&app, "accept-team-invitation-from").await;
    assert_eq!((&from["props"], &from["profile_id"]), (&about, &ana.profile["id"]));
    assert_eq!(from["ip_addr"], Json::Null, "the address is not hers");
    assert_eq!(from["context"]["client-user-agent"], Json::Null);
    app.run_jobs().await;
}

#[tokio::test]
async fn registrations_are_told_from_tries() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    let mut tokens = vec![];
    for _ in 0..2 {
        let params = json!({"fullname": "New", "email": "new@example.com", "password": PASSWORD});
        tokens.push(nobody.call("prepare-register-profile", params).await.ok()["token"].clone());
    }
    let id = nobody.call("register-profile", json!({"token": tokens[0]})).await.ok()["id"].clone();
    let made = event(&app, "register-profile").await;
    assert_eq!((&made["props"], &made["profile_id"]), (&json!({"email": "new@example.com"}), &id));
    nobody.call("register-profile", json!({"token": tokens[1]})).await.ok();
    let tried = event(&app, "register-profile-retry").await;
    assert_eq!(tried["props"], json!({"email": "new@example.com", "id": id}));
    assert_eq!(tried["profile_id"], json!("00000000-0000-0000-0000-000000000000"), "anybody may try");
    app.run_jobs().await;
    let token = app.mailed_token("new@example.com").await;
    nobody.call("verify-token", json!({"token": token})).await.ok();
    let verified = event(&app, "verify-profile-email").await;
    assert_eq!((&verified["props"], &verified["profile_id"]), (&json!({"email": "new@example.com"}), &id));
}
