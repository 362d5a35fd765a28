//! Quotas that only warn.

use jobs::all::quota_notices::QuotaNotices;
use serde_json::json;
use tests::app::{Settings, TestApp};

#[tokio::test]
async fn nothing_is_refused_and_those_who_run_this_hear_of_it_once_a_day() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-quotes enable-soft-quotes disable-secure-session-cookies")
        .set("PENPOT_QUOTES_PROJECTS_PER_TEAM", "2")
        .set("PENPOT_ADMINS", "operator@example.com");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink <b>& Co<b>").await;
    let notices = async || app.count("SELECT count(*) FROM quote_notice").await;
    ana.project(&team, "One").await;
    assert_eq!(notices().await, 0);
    for name in ["Two", "Three"] {
        ana.project(&team, name).await;
    }
    assert_eq!(notices().await, 1, "a day has one");
    for _ in 0..2 {
        app.run_job_later(QuotaNotices {}, chrono::Duration::zero()).await;
    }
    let mails = app.app.mailer.mailbox(100).await.expect("a mailbox");
    let told: Vec<_> = mails.iter().filter(|mail| mail.to.contains("operator@example.com")).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].subject, "More than a quota allows: projects-per-team");
    assert!(
        told[0].text.contains("Team Ink <b>& Co<b> has 4 of projects-per-team, where 2"),
        "{}",
        told[0].text
    );
    assert!(!told[0].html.contains("<b>&"), "{}", told[0].html);
    app.run_job_later(QuotaNotices {}, chrono::Duration::days(40)).await;
    assert_eq!(notices().await, 0, "it is forgotten");
}

#[tokio::test]
async fn a_quota_that_does_not_warn_refuses() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-quotes disable-secure-session-cookies")
        .set("PENPOT_QUOTES_PROJECTS_PER_TEAM", "1");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let refused = ana.call("create-project", json!({"teamId": team["id"], "name": "One"})).await;
    assert_eq!(refused.failure(), "400 restriction/max-quote-reached");
    assert_eq!(app.count("SELECT count(*) FROM quote_notice").await, 0);
}
