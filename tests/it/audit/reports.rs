//! What leaves the house by itself: events for the archive, and counts. And what does not.

use chrono::Duration;
use jobs::all::{audit_log_archive::AuditLogArchive, audit_log_gc::AuditLogGc, telemetry::Telemetry};
use platform::ids::random_id;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp, operator},
    collector::Collector,
    factory::{self, AuditEvent},
};
use transit::value::Value;

const UNARCHIVED: &str = "SELECT count(*) FROM audit_log WHERE archived_at IS NULL";

/// 300 events, a millisecond apart.
async fn record_many(app: &TestApp) {
    let now = app.app.now();
    let event = |n| AuditEvent {
        created_at: now + Duration::milliseconds(n),
        profile: random_id(),
        ..AuditEvent::of(format!("n{n}"))
    };
    factory::insert(&app.app.db, (1..=300).map(event)).await;
}

fn archiving(to: &Collector) -> Settings {
    let flags = "enable-audit-log-archive enable-audit-log-gc disable-secure-session-cookies";
    Settings::default()
        .set("PENPOT_FLAGS", flags)
        .set("PENPOT_AUDIT_LOG_ARCHIVE_URI", to.uri())
        .set("PENPOT_NEXUS_SHARED_KEY", "the key of the test")
}

/// The events in a body.
fn events(body: &[u8]) -> Vec<Value> {
    let body = transit::read(body, &transit::Limits::default()).expect("transit");
    body.get("events").and_then(Value::items).expect("events").to_vec()
}

#[tokio::test]
async fn every_event_reaches_the_archive_once_all_is_well() {
    let archive = Collector::answering(204).await;
    let app = TestApp::with(archiving(&archive)).await;
    let ana = app.person("ana").await;
    app.run_job_later(AuditLogArchive {}, Duration::zero()).await;
    let posted = archive.posted();
    assert_eq!(posted.len(), 1);
    let one = &posted[0];
    assert_eq!(one.header("x-shared-key"), "nexus the key of the test");
    assert_eq!((one.header("origin"), one.header("content-type")), (&*app.base, "application/transit+json"));
    let told = events(&one.body);
    let name = |event: &Value| event.get("name").and_then(Value::as_str).map(str::to_owned);
    let names: Vec<_> = told.iter().filter_map(name).collect();
    assert_eq!(names, ["prepare-register-profile", "register-profile", "verify-profile-email"]);
    let last = told[2].to_json();
    assert_eq!((&last["profileId"], &last["ipAddr"]), (&ana.profile["id"], &json!("127.0.0.1")));
    assert_eq!((&last["type"], &last["source"]), (&json!("action"), &json!("backend")));
    assert_eq!(last["props"], json!({"email": "ana@example.com"}));
    assert!(told[2].get("created-at").and_then(Value::as_instant).is_some(), "{last}");
    assert!(last["context"]["requestId"].is_string(), "{last}");

    assert_eq!(app.count(UNARCHIVED).await, 0);
    app.run_job_later(AuditLogArchive {}, Duration::zero()).await;
    assert_eq!(archive.posted().len(), 1, "none of them again");
    app.run_job_later(AuditLogGc {}, Duration::zero()).await;
    assert_eq!(app.count("SELECT count(*) FROM audit_log").await, 0, "and they need not stay here");
}

#[tokio::test]
async fn many_go_in_batches() {
    let archive = Collector::answering(204).await;
    let app = TestApp::with(archiving(&archive)).await;
    record_many(&app).await;
    app.run_job_later(AuditLogArchive {}, Duration::zero()).await;
    let sent: Vec<Vec<Value>> = archive.posted().iter().map(|one| events(&one.body)).collect();
    assert_eq!(sent.iter().map(Vec::len).collect::<Vec<_>>(), [128, 128, 44]);
    let all = sent.concat();
    let first = all.iter().filter_map(|event| event.get("name")?.as_str()).take(2);
    assert!(first.eq(["n1", "n2"]), "the oldest first");
    assert_eq!(app.count(UNARCHIVED).await, 0);
}

#[tokio::test]
async fn two_at_a_time_send_different_ones() {
    let archive = Collector::answering(204).await;
    let app = TestApp::with(archiving(&archive)).await;
    record_many(&app).await;
    let config = app.app.config.audit.archive.clone().expect("is on");
    let step = || domain::audit::archive::step(&app.app, &config, app.app.now());
    let sent = tokio::join!(step(), step(), step(), step());
    let sent = [sent.0, sent.1, sent.2, sent.3].map(|sent| sent.expect("sends"));
    // Whoever comes while the others hold the oldest takes the next ones, or what they left.
    assert_eq!(sent.iter().sum::<u64>(), 300);
    let id = |event: &Value| event.get("id").and_then(Value::as_uuid);
    let ids: std::collections::HashSet<_> =
        archive.posted().iter().flat_map(|one| events(&one.body)).filter_map(|event| id(&event)).collect();
    let came: usize = archive.posted().iter().map(|one| events(&one.body).len()).sum();
    assert_eq!((ids.len(), came), (300, 300));
}

#[tokio::test]
async fn what_the_archive_does_not_take_stays() {
    let archive = Collector::answering(500).await;
    let app = TestApp::with(archiving(&archive)).await;
    app.person("ana").await;
    for (status, errors) in [(500, "answers 500"), (200, "answers 200"), (307, "answers 307")] {
        archive.answer(status);
        let before = archive.posted().len();
        let id = jobs::enqueue(&app.app.db, &operator(), &AuditLogArchive {}, jobs::Enqueue::default()).await;
        let id = id.expect("enqueues").expect("is new");
        app.run_jobs().await;
        let shown = jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known");
        assert_ne!(shown.state, jobs::read::State::Done, "{status}");
        assert!(format!("{:?}", shown.errors).contains(errors), "{:?}", shown.errors);
        assert!(archive.posted().len() > before, "asked once more, and nowhere else");
        assert!(archive.posted().iter().all(|one| one.head.starts_with("post /take ")));
        assert_eq!(app.count(UNARCHIVED).await, 3);
    }
    app.run_job_later(AuditLogGc {}, Duration::days(365)).await;
    assert_eq!(app.count(UNARCHIVED).await, 3, "nothing is dropped that the archive waits for");
    archive.answer(204);
    app.run_job_later(AuditLogArchive {}, Duration::zero()).await;
    assert_eq!(app.count(UNARCHIVED).await, 0);
    app.leaves_jobs(["audit-log-archive"]);
}

#[tokio::test]
async fn without_the_flag_nothing_is_archived() {
    let archive = Collector::answering(204).await;
    let settings = Settings::default().set("PENPOT_AUDIT_LOG_ARCHIVE_URI", archive.uri());
    let app = TestApp::with(settings).await;
    app.person("ana").await;
    app.run_job_later(AuditLogArchive {}, Duration::zero()).await;
    assert_eq!((archive.posted().len(), app.count(UNARCHIVED).await), (0, 3));
}

#[tokio::test]
async fn counts_are_sent_when_wanted() {
    let server = Collector::answering(200).await;
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-telemetry disable-secure-session-cookies")
        .set("PENPOT_TELEMETRY_URI", server.uri());
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let team = ana.team("Secret name").await;
    let project = ana.project(&team, "Site").await;
    let file = ana.file_in(&project["id"], "Home").await;
    let thread = json!({
        "fileId": file["id"], "pageId": file["data"]["pages"][0], "frameId": file["id"],
        "position": {"x": 1, "y": 2}, "content": "Secret",
    });
    ana.call("create-comment-thread", thread).await.ok();
    app.run_job_later(Telemetry {}, Duration::zero()).await;
    let posted = server.posted();
    assert_eq!((posted.len(), posted[0].header("content-type")), (1, "application/json"));
    let told: Json = serde_json::from_slice(&posted[0].body).expect("JSON");
    let stats = &told["stats"];
    let totals = ["total-teams", "total-projects", "total-files", "total-users", "total-fonts"];
    let of_comments = ["total-comments", "max-comment-threads-on-file"];
    let counts = [&totals[..], &of_comments[..]].concat();
    let counts: Vec<_> = counts.iter().map(|name| stats[*name].as_i64().expect("a count")).collect();
    // Her own team with its drafts, and the other with its drafts and the site.
    assert_eq!(counts, [2, 3, 1, 1, 0, 1, 1]);
    assert_eq!((&stats["avg-projects-on-team"], &stats["max-files-on-project"]), (&json!(1.5), &json!(1)));
    assert_eq!(stats["auth-backend-penpot"], 1);
    assert_eq!(stats["event-counters"]["create-team"], 1);
    assert_eq!(told["type"], "telemetry-legacy-report");
    assert!(told["instance-id"].is_string() && told["version"].is_string());
    let text = String::from_utf8_lossy(&posted[0].body).into_owned();
    for personal in ["ana", "example.com", "Secret", "Home", "127.0.0.1", &ana.id_of("id"), &app.base] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    app.run_job_later(Telemetry {}, Duration::zero()).await;
    let again: Json = serde_json::from_slice(&server.posted()[1].body).expect("JSON");
    assert_eq!(again["instance-id"], told["instance-id"]);
}

#[tokio::test]
async fn counts_stay_here_otherwise() {
    let server = Collector::answering(200).await;
    let at = || Settings::default().set("PENPOT_TELEMETRY_URI", server.uri());
    let no = "disable-secure-session-cookies";
    let unwanted = at().set("PENPOT_FLAGS", no);
    let refused = at().set("PENPOT_FLAGS", "enable-telemetry").set("PENPOT_TELEMETRY_ENABLED", "false");
    let nowhere = Settings::default().set("PENPOT_FLAGS", "enable-telemetry");
    for settings in [unwanted, refused, nowhere] {
        let app = TestApp::with(settings).await;
        app.run_job_later(Telemetry {}, Duration::zero()).await;
        assert_eq!(server.posted().len(), 0);
    }
    let app = TestApp::with(at().set("PENPOT_FLAGS", no).set("PENPOT_TELEMETRY_ENABLED", "true")).await;
    app.run_job_later(Telemetry {}, Duration::zero()).await;
    assert_eq!(server.posted().len(), 1, "which is how it would have looked");
}
