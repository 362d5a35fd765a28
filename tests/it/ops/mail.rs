//! Mails as a real mail server takes them.

use jobs::{
    all::send_mail::SendMail,
    read::{Filter, Shown, State, list},
};
use serde_json::json;
use tests::{
    app::{Settings, TestApp, operator},
    person::PASSWORD,
    smtp::{self, SmtpServer},
};

fn plain(server: &SmtpServer) -> Settings {
    Settings::default()
        .set("PENPOT_FLAGS", "enable-smtp disable-secure-session-cookies")
        .set("PENPOT_SMTP_HOST", "localhost")
        .set("PENPOT_SMTP_PORT", server.port.to_string())
        .set("PENPOT_SMTP_DEFAULT_FROM", "Atelier <studio@example.com>")
}

fn guarded(server: &SmtpServer, password: &str) -> Settings {
    plain(server)
        .set("PENPOT_SMTP_TLS", "true")
        .set("PENPOT_SMTP_USERNAME", smtp::USER)
        .set("PENPOT_SMTP_PASSWORD", password)
        .set("ATELIER_SMTP_CA_FILE", server.ca_file.display().to_string())
}

async fn register(app: &TestApp, fullname: &str, email: &str) {
    let nobody = app.anonymous();
    let params = json!({"fullname": fullname, "email": email, "password": PASSWORD});
    let token = nobody.call("prepare-register-profile", params).await.ok()["token"].clone();
    nobody.call("register-profile", json!({"token": token})).await.ok();
    app.run_jobs().await;
}

async fn send_mail_job(app: &TestApp) -> Shown {
    let kind = Some(<SendMail as jobs::Job>::NAME.to_owned());
    list(&app.app.pool, &Filter { kind, ..Filter::default() }).await.expect("reads").jobs.remove(0)
}

#[tokio::test]
async fn a_mail_arrives_whole() {
    let server = SmtpServer::open().await;
    let app = TestApp::with(plain(&server)).await;
    register(&app, "Ána <b>Lima</b> & Söhne", "ana@example.com").await;
    let mails = server.mails_to("ana@example.com").await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail["from"], "\"Atelier\" <studio@example.com>");
    let (text, html) = (mail["text"].as_str().expect("text"), mail["html"].as_str().expect("html"));
    assert!(text.contains("Ána <b>Lima</b> & Söhne"), "{text}");
    let escaped = html.contains("Ána &lt;b&gt;Lima") && !html.contains("<b>Lima");
    assert!(escaped, "what people type is no markup: {html}");
    assert!(text.contains("/#/auth/verify-token?token="), "{text}");
    assert!(mail["headers"]["x-penpot-data"].is_string(), "{}", mail["headers"]);
    assert_eq!(send_mail_job(&app).await.state, State::Done);
}

#[tokio::test]
async fn starttls_and_a_login() {
    let server = SmtpServer::guarded().await;
    let app = TestApp::with(guarded(&server, smtp::PASSWORD)).await;
    register(&app, "Ana", "ana@example.com").await;
    let mails = server.mails_to("ana@example.com").await;
    assert_eq!((&mails[0]["secure"], &mails[0]["user"]), (&json!(true), &json!(smtp::USER)));
    let checks = app.app.examine(true).await;
    assert!(checks.iter().all(|check| check.result.is_ok()), "{checks:?}");
}

#[tokio::test]
async fn a_wrong_login_is_tried_again_and_the_doctor_names_it() {
    let server = SmtpServer::guarded().await;
    let app = TestApp::with(guarded(&server, "guessed")).await;
    register(&app, "Ana", "ana@example.com").await;
    let job = send_mail_job(&app).await;
    assert_eq!((job.state, job.attempt), (State::Scheduled, 1), "somebody will mend the settings: {job:?}");
    assert!(!format!("{job:?}").contains("guessed"));
    let checks = app.app.examine(true).await;
    let mail = checks.iter().find(|check| check.name == "mail").expect("is asked");
    let words = mail.result.as_ref().expect_err("is wrong");
    assert!(words.contains("535"), "{words}");
    app.leaves_jobs(["send-mail"]);
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts_gets_nothing() {
    let server = SmtpServer::guarded().await;
    let app = TestApp::with(guarded(&server, smtp::PASSWORD).set("ATELIER_SMTP_CA_FILE", "")).await;
    register(&app, "Ana", "ana@example.com").await;
    assert_eq!(server.mails_to("ana@example.com").await.len(), 0);
    assert_eq!(send_mail_job(&app).await.state, State::Scheduled);
    app.leaves_jobs(["send-mail"]);
}

#[tokio::test]
async fn a_refusal_for_good_is_a_dead_job_and_a_busy_server_is_not() {
    let server = SmtpServer::open().await;
    let app = TestApp::with(plain(&server)).await;
    register(&app, "Ana", "refused@example.com").await;
    let job = send_mail_job(&app).await;
    assert_eq!((job.state, job.attempt), (State::Dead, 1), "trying again cannot help: {job:?}");
    assert!(job.errors[0].error.contains("no such user"), "{job:?}");
    register(&app, "Bo", "busy@example.com").await;
    assert_eq!(send_mail_job(&app).await.state, State::Scheduled);
    app.leaves_jobs(["send-mail"]);
    app.leaves_dead_jobs(["send-mail"]);
}

#[tokio::test]
async fn a_mail_is_not_sent_to_somebody_who_needs_it_no_more() {
    let server = SmtpServer::open().await;
    let app = TestApp::with(plain(&server)).await;
    let nobody = app.anonymous();
    let params = json!({"fullname": "Ana", "email": "ana@example.com", "password": PASSWORD});
    let token = nobody.call("prepare-register-profile", params).await.ok()["token"].clone();
    nobody.call("register-profile", json!({"token": token})).await.ok();
    domain::profile::activate(&app.app.db, &operator(), "ana@example.com", app.app.now())
        .await
        .expect("activates");
    app.run_jobs().await;
    assert_eq!(server.mails_to("ana@example.com").await.len(), 0);
    assert_eq!(send_mail_job(&app).await.state, State::Done);
}
