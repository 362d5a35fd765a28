//! A way back in for people who forgot their password.

use domain::mail::{Mail, compose};
use entities::ids::ProfileId;
use jobs::{
    Job as _,
    all::request_recovery::RequestRecovery,
    read::{Filter, State, list},
};
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::Answer,
    person::{PASSWORD, Person},
};

const ANOTHER: &str = "another battery";

/// Mails may follow each other at once.
async fn start() -> TestApp {
    TestApp::with(Settings::default().set("PENPOT_EMAIL_VERIFY_THRESHOLD", "0")).await
}

async fn ask(app: &TestApp, email: &str) -> Answer {
    let answer = app.anonymous().call("request-profile-recovery", json!({"email": email})).await;
    app.run_jobs().await;
    answer
}

async fn recover(app: &TestApp, token: &str, password: &str) -> Answer {
    app.anonymous().call("recover-profile", json!({"token": token, "password": password})).await
}

/// The token of a link that was mailed at another moment.
async fn token_at(app: &TestApp, who: &Person, ago: chrono::Duration) -> String {
    let id = ProfileId(who.id_of("id").parse().expect("a uuid"));
    let mail = Mail::PasswordRecovery { profile_id: id };
    let mail = compose(&app.app, &app.app.db, &mail, app.app.now() - ago).await.expect("composes");
    let text = mail.expect("has something to say").text;
    text.split_once("token=").expect("a link").1.lines().next().expect("a token").to_owned()
}

/// How many recovery mails lie in the mailbox.
async fn mails(app: &TestApp) -> usize {
    let all = app.app.mailer.mailbox(100).await.expect("a mailbox");
    all.iter().filter(|mail| mail.subject == "Choose a new password").count()
}

#[tokio::test]
async fn who_forgot_it_chooses_another() {
    let app = start().await;
    let mut ana = app.person("ana").await;
    let elsewhere = ana.clone();
    let answer = ask(&app, " ANA@Example.com".trim()).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (204, String::new()));
    let text = app.newest_mail("ana@example.com").await;
    assert!(text.contains("/#/auth/recovery?token=") && text.starts_with("Hello ana,"), "{text}");
    let token = app.mailed_token("ana@example.com").await;
    assert_eq!(recover(&app, &token, "ana@example.com").await.failure(), "400 validation/email-as-password");
    let done = recover(&app, &token, ANOTHER).await;
    assert_eq!((done.status.as_u16(), done.cookie()), (204, None));

    let ended = elsewhere.call("get-teams", json!({})).await;
    assert_eq!(ended.failure(), "401 authentication/authentication-required", "every session ends");
    let email = ana.email.clone();
    assert_eq!(ana.login(&email, PASSWORD).await.failure(), "400 validation/wrong-credentials");
    ana.login(&email, ANOTHER).await.ok();
    let again = recover(&app, &token, "a third one").await;
    assert_eq!(again.failure(), "400 validation/invalid-token", "a link works once");
    ana.login(&email, ANOTHER).await.ok();
}

#[tokio::test]
async fn who_comes_back_does_not_wait_for_what_was_tried_before() {
    let app = start().await;
    let ana = app.person("ana").await;
    let guess = async |password: &str| app.anonymous().login(&ana.email, password).await;
    let mut tried = 0;
    while guess("a guess").await.failure() == "400 validation/wrong-credentials" {
        tried += 1;
        assert!(tried < 100, "guessing is never slowed down");
    }
    ask(&app, &ana.email).await;
    let token = app.mailed_token(&ana.email).await;
    assert!(recover(&app, &token, ANOTHER).await.status.is_success());
    guess(ANOTHER).await.ok();
    let named = "SELECT count(*) FROM audit_log WHERE name = 'recover-profile' \
        AND profile_id <> '00000000-0000-0000-0000-000000000000'";
    assert_eq!(app.count(named).await, 1, "the audit log says who did it");
}

#[tokio::test]
async fn a_link_is_for_the_password_and_the_address_of_its_time() {
    let app = start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let early = token_at(&app, &ana, chrono::Duration::minutes(1)).await;
    let late = token_at(&app, &ana, chrono::Duration::minutes(16)).await;
    assert_eq!(recover(&app, &late, ANOTHER).await.failure(), "400 validation/invalid-token", "expired");
    let params = json!({"oldPassword": PASSWORD, "password": ANOTHER});
    ana.call("update-profile-password", params).await.ok();
    assert_eq!(recover(&app, &early, "x y z").await.failure(), "400 validation/invalid-token");

    let moved = token_at(&app, &bo, chrono::Duration::zero()).await;
    bo.call("request-email-change", json!({"email": "bob@example.com"})).await.ok();
    assert_eq!(recover(&app, &moved, ANOTHER).await.failure(), "400 validation/invalid-token");

    let eve = app.person("eve").await;
    let held = token_at(&app, &eve, chrono::Duration::zero()).await;
    app.block(&eve.email).await;
    assert_eq!(recover(&app, &held, ANOTHER).await.failure(), "400 validation/invalid-token");
    let other_kind = app.mailed_token(&ana.email).await;
    for token in [other_kind.as_str(), "x", "a.b.c.d.e"] {
        assert_eq!(recover(&app, token, ANOTHER).await.failure(), "400 validation/invalid-token");
    }
}

#[tokio::test]
async fn two_who_follow_one_link_at_once_change_it_once() {
    let app = start().await;
    let mut ana = app.person("ana").await;
    let token = token_at(&app, &ana, chrono::Duration::zero()).await;
    let (one, two) =
        tokio::join!(recover(&app, &token, "the first one"), recover(&app, &token, "the second one"));
    assert_ne!(one.status.is_success(), two.status.is_success(), "{} {}", one.text(), two.text());
    let email = ana.email.clone();
    let password = if one.status.is_success() { "the first one" } else { "the second one" };
    ana.login(&email, password).await.ok();
}

#[tokio::test]
async fn nothing_tells_who_gets_a_link() {
    let app = start().await;
    let mut told: Vec<(u16, String, Json)> = vec![];
    for name in ["ana", "muted", "blocked", "bounced", "complained", "often", "angry"] {
        app.person(name).await;
    }
    app.mute("muted@example.com").await;
    app.block("blocked@example.com").await;
    app.report_address("bounced@example.com", "bounce").await;
    app.report_address("complained@example.com", "complaint").await;
    app.report_person("often@example.com", "bounce", 10, "6 days").await;
    app.report_person("angry@example.com", "complaint", 2, "1 day").await;
    for name in ["ana", "muted", "blocked", "bounced", "complained", "often", "angry", "nobody"] {
        let before = mails(&app).await;
        let answer = ask(&app, &format!("{name}@example.com")).await;
        told.push((answer.status.as_u16(), answer.text(), json!(answer.header("content-type"))));
        assert_eq!(mails(&app).await - before, usize::from(name == "ana"), "{name}");
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn asking_leaves_the_same_job_for_everybody_and_one_for_many() {
    let app = TestApp::start().await;
    app.person("ana").await;
    for email in ["ana@example.com", "ANA@example.com", "nobody@example.com", "nobody@example.com"] {
        app.anonymous().call("request-profile-recovery", json!({"email": email})).await.ok();
    }
    let filter = Filter { kind: Some(RequestRecovery::NAME.to_owned()), ..Filter::default() };
    let left = list(&app.app.pool, &filter).await.expect("reads").jobs;
    assert_eq!(left.len(), 2, "{left:?}");
    app.leaves_jobs(["request-recovery"]);
}

#[tokio::test]
async fn reports_that_are_few_or_old_keep_nobody_out() {
    let app = start().await;
    let ana = app.person("ana").await;
    app.report_person(&ana.email, "bounce", 9, "1 day").await;
    app.report_person(&ana.email, "complaint", 1, "2 days").await;
    app.report_person(&ana.email, "complaint", 5, "8 days").await;
    ask(&app, &ana.email).await;
    assert_eq!(mails(&app).await, 1);
    let strict = Settings::default().set("PENPOT_PROFILE_COMPLAINT_THRESHOLD", "1");
    let app = TestApp::with(strict.set("PENPOT_EMAIL_VERIFY_THRESHOLD", "0")).await;
    let ana = app.person("ana").await;
    app.report_person(&ana.email, "complaint", 1, "1 day").await;
    ask(&app, &ana.email).await;
    assert_eq!(mails(&app).await, 0, "as an operator says");
}

#[tokio::test]
async fn an_address_gets_one_mail_in_a_while() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    for _ in 0..3 {
        ask(&app, &ana.email).await;
    }
    assert_eq!(mails(&app).await, 0, "another mail went there just now");
    let filter = Filter { states: vec![State::Scheduled], ..Filter::default() };
    let waiting = list(&app.app.pool, &filter).await.expect("reads").jobs;
    assert_eq!(waiting.len(), 1, "one waits for its time: {waiting:?}");
    let bo = app.person("bo").await;
    let age = "UPDATE profile SET modified_at = now() - interval '1 hour'";
    sqlx::query(age).execute(&app.app.pool).await.expect("ages");
    for _ in 0..3 {
        ask(&app, &bo.email).await;
    }
    assert_eq!(mails(&app).await, 1, "at once after a while, and then not again");
    app.leaves_jobs(["send-mail"]);
}

#[tokio::test]
async fn a_hostile_name_is_only_a_name() {
    let app = start().await;
    let ana = app.person("ana").await;
    let name = "<img src=x onerror=alert(1)>\r\n\r\nBcc: x@example.com\u{202e}\u{2028}{{ link }}";
    ana.call("update-profile", json!({"fullname": name})).await.ok();
    ask(&app, &ana.email).await;
    let mail = app.app.mailer.mailbox(1).await.expect("a mailbox").remove(0);
    let greeting = "Hello <img src=x onerror=alert(1)>    Bcc: x@example.com {{ link }},\n";
    assert!(mail.text.starts_with(greeting), "{}", mail.text);
    assert!(!mail.html.contains("<img") && mail.html.contains("&lt;img src=x"), "{}", mail.html);
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("ana@example.com", "Choose a new password"));
    assert!(mail.headers.iter().all(|(name, _)| name.starts_with("X-")), "{:?}", mail.headers);
}

#[tokio::test]
async fn whoever_reads_the_mail_of_an_address_confirms_it() {
    let app = start().await;
    let params = json!({"fullname": "Ana", "email": "ana@example.com", "password": PASSWORD});
    let prepared = app.anonymous().call("prepare-register-profile", params).await.ok();
    app.anonymous().call("register-profile", json!({"token": prepared["token"]})).await.ok();
    app.run_jobs().await;
    ask(&app, "ana@example.com").await;
    let token = app.mailed_token("ana@example.com").await;
    recover(&app, &token, ANOTHER).await.ok();
    app.anonymous().login("ana@example.com", ANOTHER).await.ok();
}
