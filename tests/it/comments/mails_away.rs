//! A thousand mentions while no mail server is there: each is told once when it is back.

use super::mails::{mails_go, of_kind, person};
use domain::role::Role;
use entities::ids::TeamId;
use jobs::read::{Filter, PAGE_MAX, State, list};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    factory::{Profile, give_role, insert},
    process::free_port,
    smtp::SmtpServer,
};
use uuid::Uuid;

const PEOPLE: usize = 100;
const COMMENTS: usize = 10;
const MENTIONS: i64 = 1_000;

#[tokio::test]
async fn a_thousand_mentions_wait_for_a_mail_server_and_each_is_told_once() {
    let port = free_port();
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-smtp disable-secure-session-cookies")
        .set("PENPOT_SMTP_HOST", "localhost")
        .set("PENPOT_SMTP_PORT", port.to_string());
    let app = TestApp::with(settings).await;
    let ana = person(&app, "ana").await;
    let team = ana.team("Ink").await;
    let team_id = TeamId(team["id"].as_str().expect("an id").parse().expect("a uuid"));
    let people: Vec<Profile> = (0..PEOPLE).map(|n| Profile::of(format!("p{n}@example.com"))).collect();
    insert(&app.app.db, people.clone()).await;
    for one in &people {
        give_role(&app.app, team_id, one.id, Role::Viewer).await;
    }
    let project = ana.project(&team, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let everybody: Vec<Uuid> = people.iter().map(|one| one.id.0).collect();
    for number in 0..COMMENTS {
        let thread = json!({
            "fileId": file["id"], "pageId": file["data"]["pages"][0], "frameId": Uuid::nil(),
            "position": {"x": 1, "y": 2}, "content": format!("Remark {number}."), "mentions": everybody,
        });
        ana.call("create-comment-thread", thread).await.ok();
        // In vain, before the last ones are said and again afterwards.
        if number == COMMENTS / 2 {
            mails_go(&app).await;
        }
    }
    mails_go(&app).await;
    let waiting = "SELECT count(*) FROM comment_notice";
    assert_eq!(app.count(waiting).await, MENTIONS, "nothing is lost");
    let failed = Filter { limit: PAGE_MAX, ..of_kind(vec![State::Scheduled]) };
    let jobs = list(&app.app.pool, &failed).await.expect("reads").jobs;
    assert!(jobs.len() >= PEOPLE && jobs.iter().any(|job| job.attempt > 1), "{}", jobs.len());

    let server = SmtpServer::open_at(port).await;
    for _ in 0..3 {
        mails_go(&app).await;
    }
    assert_eq!(app.count(waiting).await, 0, "nobody is left to be told");
    for one in &people {
        let mails = server.mails_to(&one.email).await;
        assert_eq!(mails.len(), 1, "{}", one.email);
        let text = mails[0]["text"].as_str().expect("text");
        for number in 0..COMMENTS {
            let told = text.matches(&format!("> Remark {number}.\n")).count();
            assert_eq!(told, 1, "{}: remark {number} in {text}", one.email);
        }
    }
}
