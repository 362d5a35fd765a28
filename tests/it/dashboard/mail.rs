//! Mails on the dashboard.

use super::people::house;
use tests::{
    app::{Settings, TestApp, operator},
    factory::{Job, insert_jobs},
};

#[tokio::test]
async fn mails_are_read_by_those_who_may_act_in_a_frame_that_can_do_nothing() {
    let (app, ana) = house().await;
    let reader = app.person("reader").await;
    let mails = app.app.mailer.mailbox(10).await.expect("a mailbox");
    let newest = &mails[0];
    let list = ana.get("/admin/mail").await.text();
    let subjects: Vec<usize> =
        mails.iter().map(|mail| list.find(&format!("/admin/mail/{}", mail.id)).expect("is listed")).collect();
    assert!(subjects.is_sorted(), "the youngest is first");
    let found = ana.get("/admin/mail?q=ANA%40example").await.text();
    assert!(found.contains("ana@example.com") && !found.contains(&newest.id), "{found}");

    let page = ana.get(&format!("/admin/mail/{}", newest.id)).await;
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("frame-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(page.text().contains("reader@example.com") && page.text().contains("token="), "{}", page.text());
    assert!(!ana.get("/admin/mail").await.header("content-security-policy").contains("frame-src"));
    let frame = ana.get(&format!("/admin/mail/{}/html", newest.id)).await;
    let policy = frame.header("content-security-policy");
    for part in ["default-src 'none'", "frame-ancestors 'self'", "sandbox "] {
        assert!(policy.contains(part), "{part}: {policy}");
    }
    assert!(!policy.contains("script") && !policy.contains("same-origin"), "{policy}");
    assert!(frame.text().contains(&newest.html), "{}", frame.text());

    let list = reader.get("/admin/mail").await.text();
    assert!(list.contains(&newest.subject) && !list.contains(&newest.id), "{list}");
    for path in [format!("/admin/mail/{}", newest.id), format!("/admin/mail/{}/html", newest.id)] {
        assert_eq!(
            reader.get(&path).await.status,
            403,
            "a link in it would let a reader in as somebody else"
        );
        assert_eq!(app.anonymous().get(&path).await.status, 303);
    }
    for bad in ["/admin/mail/..%2fsecret", "/admin/mail/0123", "/admin/mail/00000000000000000000000000000000"]
    {
        assert_eq!(ana.get(bad).await.status, 404, "{bad}");
    }
}

#[tokio::test]
async fn where_mails_are_really_sent_their_jobs_are_shown() {
    let settings = Settings::default()
        .set("PENPOT_ADMINS", "root@example.com")
        .set("PENPOT_FLAGS", "enable-smtp disable-secure-session-cookies")
        .set("PENPOT_SMTP_HOST", "127.0.0.1")
        .set("PENPOT_SMTP_PORT", "1");
    let app = TestApp::with(settings).await;
    // Registering needs mails that come.
    let operator = operator();
    let made = domain::profile::create::by_operator(
        &app.app,
        &operator,
        "root".to_owned(),
        "root@example.com",
        tests::person::PASSWORD.to_owned(),
        app.app.now(),
    );
    made.await.expect("is made");
    let mut root = app.anonymous();
    root.login("root@example.com", tests::person::PASSWORD).await.ok();
    insert_jobs(&app.app.db, [Job::dead(77, "send-mail", "the server is away")]).await;
    let page = root.get("/admin/mail").await.text();
    for part in
        ["really sent", "127.0.0.1", "/admin/jobs/77", "the server is away", "/admin/jobs?kind=send-mail"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(root.get("/admin/mail/00000000000000000000000000000000").await.status, 404);
    app.leaves_dead_jobs(["send-mail"]);
}
