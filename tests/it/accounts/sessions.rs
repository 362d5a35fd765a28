//! How long somebody stays signed in.

use domain::session;
use serde_json::json;
use tests::app::{Settings, TestApp};

#[tokio::test]
async fn a_session_ends_however_much_it_is_used() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let begun = async |age: &str| {
        let sql = "UPDATE http_session SET modified_at = now(), created_at = now() - $1::interval";
        sqlx::query(sql).bind(age.to_owned()).execute(&app.app.pool).await.expect("ages it");
    };
    let gone = async || {
        app.run_job_later(jobs::all::session_gc::SessionGc::default(), chrono::Duration::zero()).await;
        app.count("SELECT count(*) FROM http_session").await == 0
    };
    begun("29 days 23 hours").await;
    ana.call("get-teams", json!({})).await.ok();
    assert!(!gone().await);
    begun("30 days").await;
    let refused = ana.call("get-teams", json!({})).await;
    assert_eq!(refused.failure(), "401 authentication/authentication-required");
    assert!(gone().await);
}

#[tokio::test]
async fn the_cookie_ends_with_the_session() {
    let app = TestApp::with(Settings::default().set("ATELIER_SESSION_AGE_MAX", "1h")).await;
    let mut ana = app.person("ana").await;
    let email = ana.email.clone();
    let answer = ana.login(&email, tests::person::PASSWORD).await;
    let header = answer.header("set-cookie");
    let (_, end) = header.split_once("Expires=").expect("an end");
    let end = end.split(';').next().expect("a time");
    let end = chrono::NaiveDateTime::parse_from_str(end, "%a, %d %b %Y %H:%M:%S GMT").expect("a time");
    let minutes = (end.and_utc() - app.app.now()).num_minutes();
    assert!((55..=60).contains(&minutes), "{header}");
}

#[tokio::test]
async fn a_change_of_the_password_leaves_one_session() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana").await;
    let (elsewhere, email) = (ana.clone(), ana.email.clone());
    ana.login(&email, tests::person::PASSWORD).await.ok();
    let row = "SELECT id FROM http_session ORDER BY created_at DESC LIMIT 1";
    let here: uuid::Uuid = sqlx::query_scalar(row).fetch_one(&app.app.pool).await.expect("a session");
    let profile: uuid::Uuid = ana.id_of("id").parse().expect("an id");
    let ended = session::delete_others(&app.app.db, profile.into(), Some(here.into())).await;
    assert_eq!(ended.expect("ends them"), 1);
    ana.call("get-teams", json!({})).await.ok();
    assert_eq!(elsewhere.call("get-teams", json!({})).await.status, 401);
    assert_eq!(session::delete_others(&app.app.db, profile.into(), None).await.expect("ends all"), 1);
}
