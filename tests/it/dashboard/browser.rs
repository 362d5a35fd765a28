//! The dashboard in a real browser: every page wide and narrow, light and dark, by keyboard, live, and without
//! script. Pictures are kept beside the tests' other products, to be looked at.

use std::path::PathBuf;

use chrono::Duration;
use domain::{quota::Target, role::Role};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    factory::{Job, Sample, insert_jobs, insert_samples, insert_schedule, insert_worker},
    node,
    person::{PASSWORD, Person},
    picture,
};

/// Where people are asked, and what is about one thing; BEN, TEAM, CREW, BLOB, MAIL, SESSION and QUOTA stand for keys.
const THINGS: &str = "
person /admin/people/BEN
person-block /admin/people/BEN/block
person-delete /admin/people/BEN/delete
person-session /admin/people/BEN/end-session?session=SESSION
person-sessions /admin/people/BEN/end-sessions
person-quota /admin/people/BEN/remove-quota?quota=QUOTA
team /admin/teams/CREW
team-delete /admin/teams/CREW/delete
team-transfer /admin/teams/CREW/transfer?to=BEN
mail-one /admin/mail/MAIL
blob /admin/storage/objects/BLOB
question-scrub /admin/storage check:unused Scrub and repair…
question-sweep /admin/storage Carry it out now…
";

/// A page's name for its pictures, its address, and the button that leads to it, when one does.
const PAGES: &str = "
overview /admin
storage /admin/storage
people /admin/people
teams /admin/teams
mail /admin/mail
health /admin/health
overview-day /admin?span=24h
jobs /admin/jobs
jobs-priority /admin/jobs?sort=priority
question-retry /admin/dead Retry them…
jobs-dead /admin/jobs?state=dead&text=away
job /admin/jobs/1001
dead /admin/dead
schedule /admin/schedule
actions /admin/actions
";

/// Where Debian and others put it.
pub(crate) fn chromium() -> String {
    let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = places.into_iter().find(|place| PathBuf::from(place).exists());
    found.expect("ops/scripts/test installs Chromium").to_owned()
}

/// Where pictures are kept.
pub(crate) fn pictures() -> PathBuf {
    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("dashboard");
    std::fs::create_dir_all(&pictures).expect("a folder");
    pictures
}

/// A house in which something of everything is there.
async fn house() -> (TestApp, Person) {
    let settings = Settings::default().set("PENPOT_ADMINS", "ana@example.com");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let db = &app.app.db;
    let log = json!([{"ms": 12, "text": "began"}]);
    let progress = json!({"done": 3, "total": 9, "message": "sent", "log": log});
    let error = "the mail server is away: connection refused, attempt of job ";
    let dead = (1001..=1060).map(|id| Job {
        enqueued_at: app.app.now() - Duration::hours(1),
        started_at: Some(app.app.now()),
        payload: json!({"template": "x"}),
        progress: Some(progress.clone()),
        ..Job::dead(id, "send-mail", format!("{error}{id}"))
    });
    insert_jobs(db, dead.chain((900..904).map(|id| Job::scheduled(id, "file-gc")))).await;
    let sample = |n: i32| Sample {
        ready: 3,
        running: 1,
        oldest_s: 2.0,
        done: n % 40,
        failed: n % 7,
        ..Sample::of("media", n.into())
    };
    insert_samples(db, (1..=1500).map(sample)).await;
    insert_schedule(db, "objects-gc").await;
    let slots = json!({"default": 4, "media": 1, "webhooks": 2});
    insert_worker(db, "a-machine-with-a-long-name.example.com", slots, json!({"default": 1})).await;
    (app, ana)
}

/// Lets a browser look at pages in every form; what is wrong.
async fn seen(app: &TestApp, ana: &Person, pages: &str) -> String {
    let folder = pictures().display().to_string();
    let arguments = [app.base.as_str(), &ana.email, PASSWORD, &folder, &chromium()];
    let wrong = node::filter("dashboard/drive.mjs", &arguments, pages.trim().as_bytes().to_vec()).await;
    for page in pages.trim().lines().filter_map(|line| line.split(' ').next()) {
        let picture = pictures().join(format!("{page}-360-dark.png"));
        assert!(picture.exists(), "{} is missing", picture.display());
    }
    wrong.trim().to_owned()
}

#[tokio::test]
async fn every_page_is_seen_wide_and_narrow_light_and_dark() {
    let (app, ana) = house().await;
    let ready = (910..926).map(|id| Job { priority: (id - 800) as i16, ..Job::ready(id, "file-gc") });
    insert_jobs(&app.app.db, ready).await;
    assert_eq!(seen(&app, &ana, PAGES).await, "");
    app.leaves_jobs(["file-gc"]);
    app.leaves_dead_jobs(["send-mail"]);
}

#[tokio::test]
async fn questions_and_single_things_are_seen_too() {
    let (app, ana) = house().await;
    let ben = app.person("ben").await;
    let team = ana.team("A crew with a name that is longer than most names of crews are").await;
    let crew = team["id"].as_str().expect("an id").to_owned();
    let invite = json!({"teamId": crew, "emails": ["ben@example.com"], "role": "editor"});
    ana.call("create-team-invitations", invite).await.ok();
    app.run_jobs().await;
    let file = ben.file("Sketch").await;
    let blob = async |seed| {
        let media =
            ben.upload_picture(&file["id"], "a.png", "image/png", picture::png(20, 20, seed)).await.ok();
        media["mediaId"].as_str().expect("an id").to_owned()
    };
    let (kept, _forgotten) = (blob(1).await, blob(2).await);
    app.set_quota(&ben, Target::TeamsPerProfile, 5).await;
    app.join(&team, &ben, Role::Editor).await;
    let more = "
        DELETE FROM file_media_object WHERE created_at = (SELECT max(created_at) FROM file_media_object);
        UPDATE storage_object SET touched_at = now() - interval '3 hours'
         WHERE id NOT IN (SELECT media_id FROM file_media_object)";
    sqlx::raw_sql(more).execute(&app.app.pool).await.expect("is there");
    let one = async |sql: &'static str| -> String {
        let id: uuid::Uuid = sqlx::query_scalar(sql).fetch_one(&app.app.pool).await.expect("one");
        id.to_string()
    };
    let session = one(
        "SELECT s.id FROM http_session s JOIN profile p ON p.id = s.profile_id WHERE p.email = 'ben@example.com'",
    );
    let mail = app.app.mailer.mailbox(1).await.expect("a mailbox")[0].id.clone();
    let pages = THINGS
        .replace("BEN", &ben.id_of("id"))
        .replace("CREW", &crew)
        .replace("BLOB", &kept)
        .replace("MAIL", &mail)
        .replace("SESSION", &session.await)
        .replace("QUOTA", &one("SELECT id FROM usage_quote").await);
    assert_eq!(seen(&app, &ana, &pages).await, "");
    app.leaves_jobs(["file-gc"]);
    app.leaves_dead_jobs(["send-mail"]);
}

#[tokio::test]
async fn it_is_used_by_keyboard_on_two_pages_at_once_and_without_script() {
    let (app, ana) = house().await;
    let ben = app.person("ben").await;
    let person = format!("/admin/people/{}", ben.id_of("id"));
    let team = format!("/admin/teams/{}", ben.id_of("defaultTeamId"));
    let arguments = [app.base.as_str(), &ana.email, PASSWORD, &chromium(), &person, &team];
    assert_eq!(node::run("dashboard/steps.mjs", &arguments).await.trim(), "");

    assert_eq!(app.count("SELECT count(*) FROM queue.job_dead").await, 0);
    assert_eq!(
        app.count("SELECT count(*) FROM queue.job WHERE id > 1000 AND kind = 'send-mail' AND state = 1")
            .await,
        58
    );
    assert_eq!(app.count("SELECT count(*) FROM queue.job WHERE id = 900 AND priority = 321").await, 1);
    assert_eq!(app.count("SELECT count(*) FROM queue.control WHERE paused_by = 'ana@example.com'").await, 1);
    assert_eq!(
        app.count("SELECT count(*) FROM queue.job_cancelled WHERE id IN (1001, 1002) AND outcome = 3").await,
        2
    );
    assert_eq!(app.count("SELECT count(*) FROM usage_quote").await, 0);
    let quotas = "SELECT count(*) FROM audit_log \
        WHERE name IN ('dashboard-people-quota', 'dashboard-people-remove-quota')";
    assert_eq!(app.count(quotas).await, 2);
    assert_eq!(
        app.count("SELECT count(*) FROM profile WHERE is_blocked AND email = 'ben@example.com'").await,
        1
    );
    let scrub =
        "SELECT count(*) FROM queue.job WHERE kind = 'storage-scrub' AND payload->'repair' = '[\"unused\"]'";
    assert_eq!(app.count(scrub).await, 1);
    app.leaves_jobs(["file-gc", "send-mail", "storage-scrub"]);
}

#[tokio::test]
async fn every_page_of_the_navigation_is_looked_at_and_measured() {
    let measured = include_str!("../../../ops/tools/bench-server/src/dashboard.rs");
    let (app, ana) = house().await;
    let page = ana.get("/admin").await.text();
    let (_, navigation) = page.split_once("<nav").expect("a navigation");
    let (navigation, _) = navigation.split_once("</nav>").expect("its end");
    let addresses: Vec<&str> =
        navigation.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(addresses.len() >= 10, "{addresses:?}");
    for address in addresses {
        let is_seen = PAGES.lines().any(|line| line.split(' ').nth(1) == Some(address));
        let is_measured = measured.lines().any(|line| line.split_whitespace().last() == Some(address));
        assert!(
            is_seen && is_measured,
            "{address}: a line in PAGES here, and one in bench-server's dashboard.rs"
        );
    }
    app.leaves_jobs(["file-gc"]);
    app.leaves_dead_jobs(["send-mail"]);
}
