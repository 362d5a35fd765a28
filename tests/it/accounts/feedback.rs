//! What people think, sent to those who run this.

use jobs::all::feedback_gc::FeedbackGc;
use serde_json::json;
use tests::{
    app::{Settings, TestApp, operator},
    person::Person,
    smtp::SmtpServer,
};

const SUPPORT: &str = "support@example.com";

fn wanted() -> Settings {
    Settings::default()
        .set("PENPOT_FLAGS", "enable-user-feedback disable-secure-session-cookies")
        .set("PENPOT_USER_FEEDBACK_DESTINATION", SUPPORT)
}

#[tokio::test]
async fn it_arrives_whole_with_the_report_as_a_file() {
    let app = TestApp::with(wanted()).await;
    let ana = app.person("ana").await;
    // As long as it may be, in letters of four bytes: nothing is cut off.
    let (content, report) = ("😀".repeat(1250), "漢字\n".repeat(20_000));
    let params = json!({"subject": "It <b>stops</b>", "content": content, "type": "issue",
        "errorHref": "http://localhost/#/view?x=1", "errorReport": report});
    let sent = ana.call("send-user-feedback", params).await;
    assert_eq!((sent.status.as_u16(), sent.text()), (204, String::new()));
    app.run_jobs().await;
    let mail = app.app.mailer.mailbox(1).await.expect("a mailbox").remove(0);
    assert_eq!((mail.to.as_str(), mail.reply_to.as_deref()), (SUPPORT, Some("ana@example.com")));
    assert_eq!(mail.subject, "Feedback: It <b>stops</b>");
    for part in
        [content.as_str(), "ana <ana@example.com>", "Kind: issue", "Where: http://localhost/#/view?x=1"]
    {
        assert!(mail.text.contains(part), "{part}: {}", mail.text);
    }
    assert!(mail.html.contains("It &lt;b&gt;stops") && !mail.html.contains("<b>stops"), "{}", mail.html);
    assert_eq!(mail.attachments, [("error-report.txt".to_owned(), report)]);
    ana.call("send-user-feedback", json!({"subject": "Short", "content": "Thanks"})).await.ok();
    app.run_jobs().await;
    let mail = app.app.mailer.mailbox(1).await.expect("a mailbox").remove(0);
    assert_eq!((mail.subject.as_str(), mail.attachments.len()), ("Feedback: Short", 0));
}

#[tokio::test]
async fn a_hostile_subject_is_only_a_subject() {
    let server = SmtpServer::open().await;
    let flags = "enable-smtp enable-user-feedback disable-secure-session-cookies";
    let settings = wanted().set("PENPOT_FLAGS", flags).set("PENPOT_SMTP_HOST", "localhost");
    let app = TestApp::with(settings.set("PENPOT_SMTP_PORT", server.port.to_string())).await;
    let (email, password) = ("ana@example.com", tests::person::PASSWORD.to_owned());
    let name = "Eve\r\nBcc: x@example.com <y@example.com>".to_owned();
    domain::profile::create::by_operator(&app.app, &operator(), name, email, password, app.app.now())
        .await
        .expect("makes");
    let ana = Person::enter(&app, email).await;
    let subject = "Hi\r\nBcc: eve@example.com\r\n\r\n\u{202e}olleh";
    let params = json!({"subject": subject, "content": "<script>alert(1)</script>{{ email }}\r\n.\r\nQUIT",
        "errorReport": "--\r\nContent-Type: text/html\r\n\r\n<b>"});
    ana.call("send-user-feedback", params).await.ok();
    app.run_jobs().await;
    let mails = server.mails_to(SUPPORT).await;
    assert_eq!(mails.len(), 1);
    let mail = &mails[0];
    assert_eq!(mail["to"], json!([SUPPORT]));
    assert_eq!(mail["subject"], "Feedback: Hi  Bcc: eve@example.com    olleh");
    assert_eq!(mail["replyTo"], "ana@example.com");
    assert_eq!(mail["headers"].get("bcc"), None, "{}", mail["headers"]);
    let (text, html) = (mail["text"].as_str().expect("text"), mail["html"].as_str().expect("html"));
    assert!(text.contains("{{ email }}") && text.contains("\n.\nQUIT"), "{text}");
    assert!(!html.contains("<script>") && html.contains("&lt;script&gt;"), "{html}");
    assert_eq!(mail["attachments"][0]["name"], "error-report.txt");
    assert!(mail["attachments"][0]["text"].as_str().expect("text").ends_with("<b>"), "{mail}");
}

#[tokio::test]
async fn where_nobody_wants_it_nobody_can_send_it() {
    let params = json!({"subject": "Hello", "content": "You"});
    let no_flag = wanted().set("PENPOT_FLAGS", "disable-secure-session-cookies");
    for settings in [no_flag, wanted().set("PENPOT_USER_FEEDBACK_DESTINATION", "")] {
        let app = TestApp::with(settings).await;
        let ana = app.person("ana").await;
        let refused = ana.call("send-user-feedback", params.clone()).await;
        assert_eq!(refused.failure(), "400 restriction/feedback-disabled");
        assert_eq!(app.count("SELECT count(*) FROM user_feedback").await, 0);
    }
}

#[tokio::test]
async fn it_is_bounded_and_forgotten_after_a_while() {
    let app = TestApp::with(wanted()).await;
    let ana = app.person("ana").await;
    for params in [
        json!({"subject": "x".repeat(501), "content": "x"}),
        json!({"subject": "x", "content": "x".repeat(2501)}),
        json!({"subject": " ", "content": "x"}),
        json!({"subject": "x", "content": "x", "errorReport": "x".repeat(262_145)}),
    ] {
        let refused = ana.call("send-user-feedback", params).await;
        assert_eq!(refused.failure(), "400 validation/params-validation");
    }
    ana.call("send-user-feedback", json!({"subject": "x", "content": "x"})).await.ok();
    app.run_job_later(FeedbackGc {}, chrono::Duration::days(29)).await;
    assert_eq!(app.count("SELECT count(*) FROM user_feedback").await, 1);
    app.run_job_later(FeedbackGc {}, chrono::Duration::days(31)).await;
    assert_eq!(app.count("SELECT count(*) FROM user_feedback").await, 0);
}
