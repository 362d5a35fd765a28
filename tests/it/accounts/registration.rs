//! Who may register, and to whom mails still go.

use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::Answer,
    person::{PASSWORD, Person},
};

async fn prepare(app: &TestApp, email: &str) -> Answer {
    let params = json!({"fullname": "Bo", "email": email, "password": PASSWORD});
    app.anonymous().call("prepare-register-profile", params).await
}

async fn invite(by: &Person, team: &Json, email: &str) -> Answer {
    let params = json!({"teamId": team["id"], "emails": [email], "role": "editor"});
    by.call("create-team-invitations", params).await
}

const NOT_ALLOWED: &str = "400 restriction/email-domain-is-not-allowed";

#[tokio::test]
async fn a_black_list_holds_for_a_domain_and_what_lies_below_it() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "# throwaway\nTrash.net # known\n\n").expect("writes");
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-email-blacklist disable-secure-session-cookies")
        .set("PENPOT_EMAIL_DOMAIN_BLACKLIST", file.path().display().to_string());
    let app = TestApp::with(settings).await;
    for email in ["bo@trash.net", "bo@TRASH.net", "bo@a.trash.net"] {
        assert_eq!(prepare(&app, email).await.failure(), NOT_ALLOWED, "{email}");
    }
    prepare(&app, "bo@nottrash.net").await.ok();
    std::fs::write(file.path(), "nottrash.net\n").expect("writes");
    prepare(&app, "bo@trash.net").await.ok();
    assert_eq!(prepare(&app, "bo@nottrash.net").await.failure(), NOT_ALLOWED, "it is read each time");
    std::fs::remove_file(file.path()).expect("removes");
    let broken = prepare(&app, "bo@example.com").await;
    assert_eq!(broken.status.as_u16(), 500, "a list that is lost lets nobody in: {}", broken.text());
}

#[tokio::test]
async fn white_lists_hold_for_exactly_their_domains() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "example.com\n").expect("writes");
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-email-whitelist disable-secure-session-cookies")
        .set("PENPOT_EMAIL_DOMAIN_WHITELIST", file.path().display().to_string())
        .set("PENPOT_REGISTRATION_DOMAIN_WHITELIST", "Studio.org");
    let app = TestApp::with(settings).await;
    for email in ["bo@example.com", "bo@studio.org", "bo@EXAMPLE.com"] {
        prepare(&app, email).await.ok();
    }
    for email in ["bo@a.example.com", "bo@elsewhere.net", "bo@notexample.com"] {
        assert_eq!(prepare(&app, email).await.failure(), NOT_ALLOWED, "{email}");
    }
}

#[tokio::test]
async fn lists_without_their_flags_are_not_looked_at() {
    let settings = Settings::default()
        .set("PENPOT_EMAIL_DOMAIN_WHITELIST", "/nowhere/white")
        .set("PENPOT_EMAIL_DOMAIN_BLACKLIST", "/nowhere/black");
    prepare(&TestApp::with(settings).await, "bo@example.com").await.ok();
}

#[tokio::test]
async fn addresses_that_were_reported_do_not_register_and_are_not_invited() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    app.report_address("gone@example.com", "bounce").await;
    app.report_address("angry@example.com", "complaint").await;
    for (email, failure) in [
        ("Gone@example.com", "400 restriction/email-has-permanent-bounces"),
        ("angry@example.com", "400 restriction/email-has-complaints"),
    ] {
        assert_eq!(prepare(&app, email).await.failure(), failure);
        assert_eq!(invite(&ana, &team, email).await.failure(), failure);
        let params = json!({"name": "Crew", "emails": [email], "role": "editor"});
        assert_eq!(ana.call("create-team-with-invitations", params).await.failure(), failure);
    }
    assert_eq!(app.count("SELECT count(*) FROM team_invitation").await, 0);
    app.mute(&ana.email).await;
    assert_eq!(invite(&ana, &team, "bo@example.com").await.failure(), "400 validation/member-is-muted");
}

#[tokio::test]
async fn an_address_that_is_reported_while_its_mail_waits_gets_none() {
    let app = TestApp::start().await;
    for (email, kind) in [("bo@example.com", Some("bounce")), ("eve@example.com", None)] {
        let token = prepare(&app, email).await.ok()["token"].clone();
        app.anonymous().call("register-profile", json!({"token": token})).await.ok();
        if let Some(kind) = kind {
            app.report_address(email, kind).await;
        }
    }
    app.run_jobs().await;
    let mails = app.app.mailer.mailbox(100).await.expect("a mailbox");
    assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["eve@example.com"]);
}

#[tokio::test]
async fn who_was_reported_too_often_of_late_gets_no_mail_of_any_kind() {
    let app = TestApp::start().await;
    let (ana, bo, eve) = (app.person("ana").await, app.person("bo").await, app.person("eve").await);
    let team = ana.team("Ink").await;
    app.report_person(&bo.email, "complaint", 2, "1 hour").await;
    app.report_person(&eve.email, "complaint", 1, "1 hour").await;
    let before = app.app.mailer.mailbox(100).await.expect("a mailbox").len();
    invite(&ana, &team, &bo.email).await.ok();
    invite(&ana, &team, &eve.email).await.ok();
    app.run_jobs().await;
    let mails = app.app.mailer.mailbox(100).await.expect("a mailbox");
    assert_eq!((mails.len() - before, mails[0].to.as_str()), (1, "eve@example.com"));
}

#[tokio::test]
async fn an_administrators_address_is_confirmed_even_where_others_are_not() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "disable-email-verification disable-secure-session-cookies")
        .set("PENPOT_ADMINS", "Boss@example.com")
        .set("ATELIER_ADMIN_READERS", "reader@example.com");
    let app = TestApp::with(settings).await;
    let register = async |email: &str| {
        let prepared = prepare(&app, email).await.ok();
        app.anonymous().call("register-profile", json!({"token": prepared["token"]})).await
    };
    for email in ["boss@example.com", "BOSS@example.com", "reader@example.com"] {
        let answer = register(email).await;
        assert_eq!((answer.status.as_u16(), answer.cookie()), (200, None), "{email}: {}", answer.text());
        let params = json!({"email": email, "password": PASSWORD});
        let refused = app.anonymous().call("login-with-password", params).await.failure();
        assert_eq!(refused, "400 validation/wrong-credentials", "{email}");
    }
    assert!(register("bo@example.com").await.cookie().is_some(), "others are in at once");
    app.run_jobs().await;
    let token = app.mailed_token("boss@example.com").await;
    app.anonymous().call("verify-token", json!({"token": token})).await.ok();
    let params = json!({"email": "boss@example.com", "password": PASSWORD});
    assert_eq!(app.anonymous().call("login-with-password", params).await.ok()["isAdmin"], true);
}
