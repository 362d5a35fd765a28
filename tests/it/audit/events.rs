//! The audit log.

use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    person::PASSWORD,
    picture,
};

/// Names in the record, oldest first.
async fn names(app: &TestApp) -> Vec<String> {
    let sql = "SELECT name FROM audit_log ORDER BY created_at, id";
    sqlx::query_scalar(sql).fetch_all(&app.app.pool).await.expect("reads")
}

async fn last(app: &TestApp) -> Json {
    let sql = "SELECT to_jsonb(a) FROM audit_log a ORDER BY created_at DESC, id DESC LIMIT 1";
    sqlx::query_scalar(sql).fetch_one(&app.app.pool).await.expect("an event")
}

#[tokio::test]
async fn every_change_leaves_one_event() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let registered = ["prepare-register-profile", "register-profile", "verify-profile-email"];
    assert_eq!(names(&app).await, registered);
    let team = ana.team("Design").await;
    ana.project(&team, "Site").await;
    let file = ana.file("Home").await;
    ana.upload_picture(&file["id"], "a.png", "image/png", picture::png(4, 4, 1)).await.ok();
    ana.call("rename-file", json!({"id": file["id"], "name": "Start"})).await.ok();
    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    ana.call("update-profile", json!({"fullname": "Ana B"})).await.ok();
    ana.call("get-teams", json!({})).await.ok();
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    let did = [
        "create-team",
        "create-project",
        "create-file",
        "upload-file-media-object",
        "rename-file",
        "delete-file",
        "update-profile",
        "delete-team",
    ];
    assert_eq!(names(&app).await[3..], did);
    let event = last(&app).await;
    assert_eq!(event["profile_id"], ana.profile["id"]);
    assert_eq!(event["props"], json!({"id": team["id"]}));
    assert_eq!((&event["type"], &event["source"]), (&json!("action"), &json!("backend")));
    assert_eq!(event["ip_addr"], "127.0.0.1");
    assert!(event["context"]["request-id"].is_string(), "{event}");
    app.run_jobs().await;
}

#[tokio::test]
async fn secrets_never_get_into_it() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana").await;
    let email = ana.email.clone();
    ana.login(&email, PASSWORD).await.ok();
    let event = last(&app).await;
    assert_eq!((&event["name"], &event["props"]), (&json!("login-with-password"), &json!({"email": email})));
    assert_eq!(event["profile_id"], ana.profile["id"], "whoever logs in is known by then");
    let made = ana.call("create-access-token", json!({"name": "ci"})).await.ok();
    let key = made["token"].as_str().expect("a key").to_owned();
    let session = ana.cookie.clone().expect("a cookie");
    let mut robot = app.anonymous();
    robot.authorization = Some(format!("Token {key}"));
    robot.call("create-team", json!({"name": "By a robot", "nonsense": PASSWORD})).await.ok();
    assert_eq!(last(&app).await["context"]["access-token-id"], made["id"]);
    let mailed = app.mailed_token(&email).await;
    let session = session.split_once('=').expect("a value").1;
    let all: Vec<String> =
        sqlx::query_scalar("SELECT a::text FROM audit_log a").fetch_all(&app.app.pool).await.expect("reads");
    for secret in [PASSWORD, &key, &mailed, session] {
        assert!(!all.iter().any(|row| row.contains(secret)), "{secret} in {all:?}");
    }
}

#[tokio::test]
async fn what_failed_leaves_none() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let before = names(&app).await;
    let nobodys = json!({"id": "00000000-0000-4000-8000-000000000001", "name": "x"});
    ana.call("rename-file", nobodys).await.failure();
    ana.call("create-team", json!({"name": "a.b"})).await.failure();
    let wrong = json!({"email": ana.email, "password": "wrong"});
    app.anonymous().call("login-with-password", wrong).await.failure();
    let team = ana.team("Design").await;
    ana.call("create-team", json!({"name": "Twice", "id": team["id"]})).await.failure();
    assert_eq!(names(&app).await.len(), before.len() + 1, "only the one that went well");
}

#[tokio::test]
async fn clients_push_theirs_when_asked_to() {
    let event = |props: Json| {
        let timestamp = "2020-01-01T00:00:00.000Z";
        json!({"name": "navigate", "type": "action", "props": props, "timestamp": timestamp})
    };
    let count = "SELECT count(*) FROM audit_log WHERE source = 'frontend'";
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    ana.call("push-audit-events", json!({"events": [event(json!({}))]})).await.ok();
    assert_eq!(app.count(count).await, 0, "not without the flag");
    let flags = "enable-audit-log disable-secure-session-cookies";
    let app = TestApp::with(Settings::default().set("PENPOT_FLAGS", flags)).await;
    let ana = app.person("ana").await;
    let before = names(&app).await.len();
    let large = event(json!({"route": "dashboard", "password": "x", "text": "x".repeat(100_000)}));
    ana.call("push-audit-events", json!({"events": [event(json!({})), large]})).await.ok();
    assert_eq!(names(&app).await.len(), before + 2, "and none for the call itself");
    let kept = last(&app).await;
    assert_eq!(kept["props"], json!({"route": "dashboard", "text": "(100000 bytes)"}));
    assert!(
        kept["tracked_at"].as_str().expect("a time") > "2021",
        "a clock that is years late is not believed"
    );
    for kind in ["identify", "trigger"] {
        let mut other = event(json!({}));
        other["type"] = json!(kind);
        ana.call("push-audit-events", json!({"events": [other]})).await.ok();
        assert_eq!(last(&app).await["type"], kind);
    }
    let many = vec![event(json!({})); 101];
    let refused = ana.call("push-audit-events", json!({"events": many})).await;
    assert_eq!(refused.failure(), "400 validation/params-validation");
    let odd = json!({"events": [event(json!("text"))]});
    assert_eq!(ana.call("push-audit-events", odd).await.failure(), "400 validation/params-validation");
}

#[tokio::test]
async fn old_events_go() {
    let app = TestApp::start().await;
    app.person("ana").await;
    let archived = "UPDATE audit_log SET archived_at = now() WHERE name = 'register-profile'";
    sqlx::query(archived).execute(&app.app.pool).await.expect("marks");
    app.run_job_later(jobs::all::audit_log_gc::AuditLogGc {}, chrono::Duration::days(89)).await;
    assert_eq!(names(&app).await.len(), 3);
    app.run_job_later(jobs::all::audit_log_gc::AuditLogGc {}, chrono::Duration::days(91)).await;
    assert_eq!(names(&app).await.len(), 0);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_done() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let full = "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'full'; END $$;
        CREATE TRIGGER full_up BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION full_up()";
    sqlx::raw_sql(full).execute(&app.app.pool).await.expect("breaks it");
    let teams = ana.call("get-teams", json!({})).await.ok();
    assert!(ana.call("create-team", json!({"name": "Ink"})).await.failure().starts_with("500 "));
    assert_eq!(ana.call("get-teams", json!({})).await.ok(), teams);
    let sessions = app.count("SELECT count(*) FROM http_session").await;
    let login = json!({"email": ana.email, "password": PASSWORD});
    assert!(app.anonymous().call("login-with-password", login).await.failure().starts_with("500 "));
    assert_eq!(app.count("SELECT count(*) FROM http_session").await, sessions);
}
