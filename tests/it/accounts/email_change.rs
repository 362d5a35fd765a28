//! Moving an account to another address.

use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp, operator},
    client::Answer,
    person::{PASSWORD, Person},
    smtp::SmtpServer,
};

/// An Atelier that sends mails, and the server that takes them.
async fn start(settings: Settings) -> (TestApp, SmtpServer) {
    let server = SmtpServer::open().await;
    let settings = settings
        .set("PENPOT_FLAGS", "enable-smtp disable-secure-session-cookies")
        .set("PENPOT_EMAIL_VERIFY_THRESHOLD", "0")
        .set("PENPOT_SMTP_HOST", "localhost")
        .set("PENPOT_SMTP_PORT", server.port.to_string());
    (TestApp::with(settings).await, server)
}

/// Somebody made by an operator: nothing is read from a mailbox here.
async fn person(app: &TestApp, name: &str) -> Person {
    let email = format!("{name}@example.com");
    let operator = operator();
    let made = domain::profile::create::by_operator(
        &app.app,
        &operator,
        name.to_owned(),
        &email,
        PASSWORD.to_owned(),
        app.app.now(),
    );
    made.await.expect("makes");
    Person::enter(app, &email).await
}

async fn ask(app: &TestApp, who: &Person, email: &str) -> Answer {
    let answer = who.call("request-email-change", json!({"email": email})).await;
    app.run_jobs().await;
    answer
}

async fn link(server: &SmtpServer, email: &str) -> String {
    let mails = server.mails_to(email).await;
    let text = mails.last().expect("a mail")["text"].as_str().expect("text").to_owned();
    let (_, rest) =
        text.split_once("/#/auth/verify-token?token=").unwrap_or_else(|| panic!("no link in {text}"));
    rest.lines().next().expect("a token").to_owned()
}

async fn follow(app: &TestApp, token: &str) -> Answer {
    app.anonymous().call("verify-token", json!({"token": token})).await
}

#[tokio::test]
async fn the_address_of_now_is_asked() {
    let (app, server) = start(Settings::default()).await;
    let mut ana = person(&app, "ana").await;
    let asked = ask(&app, &ana, "Lima@Example.com").await;
    assert_eq!((asked.status.as_u16(), asked.text()), (204, String::new()));
    assert_eq!(server.mails_to("lima@example.com").await.len(), 0, "not the new one");
    let mails = server.mails_to("ana@example.com").await;
    let (text, html) = (mails[0]["text"].to_string(), mails[0]["html"].to_string());
    assert!(text.contains("lima@example.com") && html.contains("lima@example.com"), "{text}");
    assert_eq!(
        ana.call("get-profile", json!({})).await.ok()["email"],
        "ana@example.com",
        "nothing has changed yet"
    );

    let token = link(&server, "ana@example.com").await;
    let followed = follow(&app, &token).await;
    assert_eq!(followed.cookie(), None, "it is no way in");
    let told = followed.ok();
    assert_eq!((&told["iss"], &told["email"]), (&json!("change-email"), &json!("lima@example.com")));
    assert_eq!(told["profile"]["email"], "lima@example.com");
    assert_eq!(ana.call("get-profile", json!({})).await.ok()["email"], "lima@example.com");
    assert_eq!(ana.login("ana@example.com", PASSWORD).await.failure(), "400 validation/wrong-credentials");
    ana.login("lima@example.com", PASSWORD).await.ok();
    follow(&app, &token).await.ok();
}

#[tokio::test]
async fn a_link_is_for_the_address_it_was_sent_to() {
    let (app, server) = start(Settings::default()).await;
    let ana = person(&app, "ana").await;
    ask(&app, &ana, "one@example.com").await.ok();
    let one = link(&server, "ana@example.com").await;
    ask(&app, &ana, "two@example.com").await.ok();
    let two = link(&server, "ana@example.com").await;
    follow(&app, &two).await.ok();
    assert_eq!(
        follow(&app, &one).await.failure(),
        "400 validation/invalid-token",
        "asked of another address"
    );
    assert_eq!(ana.call("get-profile", json!({})).await.ok()["email"], "two@example.com");
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_stays_whose_it_is() {
    let (app, server) = start(Settings::default()).await;
    let ana = person(&app, "ana").await;
    ask(&app, &ana, "lima@example.com").await.ok();
    let token = link(&server, "ana@example.com").await;
    person(&app, "lima").await;
    assert_eq!(follow(&app, &token).await.failure(), "400 validation/email-already-exists");
    app.block("ana@example.com").await;
    assert_eq!(follow(&app, &token).await.failure(), "400 restriction/profile-blocked");
}

#[tokio::test]
async fn each_refusal() {
    let (app, server) = start(Settings::default().set("PENPOT_ADMINS", "boss@example.com")).await;
    let ana = person(&app, "ana").await;
    let bo = person(&app, "bo").await;
    app.report_address("gone@example.com", "bounce").await;
    app.report_address("angry@example.com", "complaint").await;
    for (email, failure) in [
        (bo.email.as_str(), "400 validation/email-already-exists"),
        ("boss@example.com", "400 validation/email-already-exists"),
        ("gone@example.com", "400 restriction/email-has-permanent-bounces"),
        ("angry@example.com", "400 restriction/email-has-complaints"),
        ("no address", "400 validation/params-validation"),
    ] {
        assert_eq!(ask(&app, &ana, email).await.failure(), failure, "{email}");
    }
    assert_eq!(ask(&app, &ana, "ana@example.com").await.text(), "", "it is so already");

    app.report_address(&bo.email, "bounce").await;
    assert_eq!(
        ask(&app, &bo, "x@example.com").await.failure(),
        "400 restriction/email-has-permanent-bounces"
    );
    app.mute(&bo.email).await;
    assert_eq!(ask(&app, &bo, "x@example.com").await.failure(), "400 validation/profile-is-muted");
    let eve = person(&app, "eve").await;
    app.report_person(&eve.email, "complaint", 2, "1 hour").await;
    assert_eq!(ask(&app, &eve, "x@example.com").await.failure(), "400 validation/profile-is-muted");
    for email in ["ana@example.com", "bo@example.com", "eve@example.com"] {
        assert_eq!(server.mails_to(email).await, Vec::<Json>::new());
    }
}

#[tokio::test]
async fn an_address_that_may_not_register_is_no_address_to_move_to() {
    let settings = Settings::default().set("PENPOT_REGISTRATION_DOMAIN_WHITELIST", "example.com");
    let (app, _server) = start(settings).await;
    let ana = person(&app, "ana").await;
    let refused = ask(&app, &ana, "ana@elsewhere.net").await;
    assert_eq!(refused.failure(), "400 restriction/email-domain-is-not-allowed");
}

#[tokio::test]
async fn a_hostile_name_is_only_a_name() {
    let (app, server) = start(Settings::default()).await;
    let ana = person(&app, "ana").await;
    let name = "<b>Eve</b>\r\nBcc: x@example.com\u{202e}{{ link }}";
    ana.call("update-profile", json!({"fullname": name})).await.ok();
    ask(&app, &ana, "lima@example.com").await.ok();
    let mail = server.mails_to("ana@example.com").await.remove(0);
    let (text, html) = (mail["text"].as_str().expect("text"), mail["html"].as_str().expect("html"));
    assert!(text.starts_with("Hello <b>Eve</b>  Bcc: x@example.com{{ link }},\n"), "{text}");
    assert!(
        html.contains("&lt;b&gt;Eve") && !html.contains("<b>Eve") && !html.contains('\u{202e}'),
        "{html}"
    );
    assert_eq!(mail["to"], json!(["ana@example.com"]));
}

#[tokio::test]
async fn where_no_mails_are_sent_it_is_done_at_once() {
    let app = TestApp::start().await;
    let mut ana = app.person("ana").await;
    let (bo, moved) = (app.person("bo").await, json!({"email": "Lima@example.com"}));
    assert_eq!(ana.call("request-email-change", moved.clone()).await.ok(), json!({"changed": true}));
    assert_eq!(ana.call("request-email-change", moved.clone()).await.ok(), json!({"changed": true}));
    assert_eq!(bo.call("request-email-change", moved).await.failure(), "400 validation/email-already-exists");
    ana.login("lima@example.com", PASSWORD).await.ok();
}
