//! Who hears of comments by mail, of how many at once, and of which never.

use super::scene::{Scene, answer};
use domain::role::Role;
use jobs::{
    Job as _,
    admin::{self, Action, Target},
    all::send_comment_mail::SendCommentMail,
    read::{Filter, State, list},
};
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp, operator},
    person::{PASSWORD, Person},
    process::free_port,
    smtp::SmtpServer,
};
use uuid::Uuid;

pub fn of_kind(states: Vec<State>) -> Filter {
    Filter { kind: Some(SendCommentMail::NAME.to_owned()), states, ..Filter::default() }
}

/// What waits to be told is told now.
pub(crate) async fn mails_go(app: &TestApp) {
    let waiting = Target::Matching(of_kind(vec![State::Scheduled]));
    admin::apply(&app.app.pool, Action::RunNow, &waiting, "tests").await.expect("go");
    app.run_jobs().await;
}

/// The subjects of mails about comments to an address, oldest first.
async fn subjects(app: &TestApp, email: &str) -> Vec<String> {
    let mut mails = app.app.mailer.mailbox(200).await.expect("a mailbox");
    mails.retain(|mail| mail.to.contains(email) && mail.text.contains("Which comments you hear of"));
    mails.into_iter().rev().map(|mail| mail.subject).collect()
}

async fn waiting(app: &TestApp) -> usize {
    list(&app.app.pool, &of_kind(vec![State::Scheduled])).await.expect("reads").jobs.len()
}

async fn wants(who: &Person, mails: &str) {
    let all = json!({"dashboardComments": "all", "emailComments": mails, "emailInvites": "none"});
    who.call("update-profile-notifications", all).await.ok();
}

fn to(who: &Person) -> String {
    format!("@[{}]({})", who.id_of("fullname"), who.id())
}

const NO: [String; 0] = [];

#[tokio::test]
async fn those_whom_it_concerns_hear_of_it_as_they_wish() {
    let scene = Scene::new().await;
    let Scene { app, ana, bo, cy, .. } = &scene;
    let (dee, eve) = (app.person("dee").await, app.person("eve").await);
    app.join(&scene.team, &dee, Role::Viewer).await;
    wants(&dee, "all").await;
    wants(cy, "none").await;
    // Eve is no member: whoever names her tells her nothing.
    let begun = scene.begin(ana, &format!("{} {} {} look", to(bo), to(cy), to(&eve))).await;
    mails_go(app).await;
    let place = "#1, Sketch, Page 1";
    assert_eq!(subjects(app, "bo@").await, [format!("ana mentioned you: {place}")]);
    assert_eq!(subjects(app, "dee@").await, [format!("ana commented: {place}")]);
    for nothing in ["ana@", "cy@", "eve@"] {
        assert_eq!(subjects(app, nothing).await, NO, "{nothing}");
    }
    let text = app.newest_mail("bo@").await;
    assert!(text.contains("> bo cy eve look\n"), "{text}");
    let link = format!(
        "{}/#/workspace?file-id={}&page-id={}&team-id={}&comment-id={}\n",
        app.base,
        scene.file_id(),
        scene.page(),
        scene.team["id"].as_str().expect("an id"),
        begun["id"].as_str().expect("an id")
    );
    assert!(text.contains(&link), "{link} is not in {text}");

    // The one who began it, and those who were mentioned before.
    answer(cy, &begun, "Done").await;
    mails_go(app).await;
    assert_eq!(subjects(app, "ana@").await, [format!("cy commented: {place}")]);
    assert_eq!(subjects(app, "bo@").await[1..], [format!("cy commented: {place}")]);
    assert_eq!(subjects(app, "dee@").await.len(), 2);
    assert_eq!(subjects(app, "cy@").await, NO);
    assert_eq!(app.count("SELECT count(*) FROM comment_notice").await, 0);
}

#[tokio::test]
async fn what_is_said_within_a_short_time_comes_in_one_mail() {
    let scene = Scene::new().await;
    let Scene { app, ana, bo, cy, .. } = &scene;
    let first = scene.begin(ana, &format!("One, {}", to(bo))).await;
    answer(cy, &first, "Two").await;
    let second = scene.begin(cy, &format!("Three\n{}", to(bo))).await;
    answer(cy, &second, "Four").await;
    // To Bo, and to Ana of what was said in her thread.
    assert_eq!(waiting(app).await, 2);
    mails_go(app).await;
    assert_eq!(subjects(app, "bo@").await, ["4 comments, and you are mentioned"]);
    let text = app.newest_mail("bo@").await;
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is not in {text}"));
    let order = ["> One, bo", "> Three\n> bo", "> Two", "> Four"].map(at);
    assert!(order.is_sorted(), "where he is mentioned comes first: {text}");
    assert_eq!(subjects(app, "ana@").await, ["cy commented: #1, Sketch, Page 1"]);
    answer(cy, &first, "Five").await;
    mails_go(app).await;
    assert_eq!(subjects(app, "bo@").await.len(), 2, "what was told is not told again");
}

#[tokio::test]
async fn whoever_is_named_later_hears_of_it_once() {
    let scene = Scene::new().await;
    let Scene { app, ana, bo, .. } = &scene;
    let begun = scene.begin(ana, "Larger").await;
    assert_eq!(waiting(app).await, 0);
    for content in [format!("Larger, {}", to(bo)), format!("Larger by half, {}", to(bo))] {
        ana.call("update-comment", json!({"id": begun["commentId"], "content": content})).await.ok();
    }
    assert_eq!(waiting(app).await, 1);
    mails_go(app).await;
    assert_eq!(subjects(app, "bo@").await, ["ana mentioned you: #1, Sketch, Page 1"]);
    assert!(app.newest_mail("bo@").await.contains("> Larger by half, bo"), "as it is now");
}

/// What happens between the comment and its mail.
async fn meanwhile(scene: &Scene, what: &str, begun: &Json) {
    let Scene { app, ana, bo, team, .. } = scene;
    let sql = |text: &'static str| sqlx::query(text).execute(&app.app.pool);
    match what {
        "comment" => {
            answer(ana, begun, "Another").await;
            ana.call("delete-comment", json!({"id": begun["commentId"]})).await.ok();
            // Of the one that is left nobody is told: it mentions nobody.
        }
        "thread" => drop(ana.call("delete-comment-thread", json!({"id": begun["id"]})).await.ok()),
        "file" => drop(ana.call("delete-file", json!({"id": scene.file["id"]})).await.ok()),
        "project" => drop(ana.call("delete-project", json!({"id": scene.project["id"]})).await.ok()),
        "team" => drop(ana.call("delete-team", json!({"id": team["id"]})).await.ok()),
        "page" => {
            let file = &scene.file["id"];
            let spare = json!({"type": "add-page", "id": Uuid::from_u128(7), "name": "Spare"});
            let gone = json!({"type": "del-page", "id": scene.page()});
            let batch =
                json!({"id": file, "sessionId": file, "revn": 0, "vern": 0, "changes": [spare, gone]});
            drop(ana.call("update-file", batch).await.ok());
        }
        "left" => drop(bo.call("leave-team", json!({"id": team["id"]})).await.ok()),
        "wish" => wants(bo, "none").await,
        "muted" => {
            sql("UPDATE profile SET is_muted = true WHERE email = 'bo@example.com'").await.expect("mutes");
        }
        "account" => drop(bo.call("delete-profile", json!({})).await.ok()),
        other => panic!("{other}?"),
    }
}

#[tokio::test]
async fn nobody_hears_of_what_is_gone() {
    for what in ["comment", "thread", "page", "file", "project", "team", "left", "wish", "muted", "account"] {
        let scene = Scene::new().await;
        let begun = scene.begin(&scene.ana, &format!("Larger, {}", to(&scene.bo))).await;
        meanwhile(&scene, what, &begun).await;
        mails_go(&scene.app).await;
        assert_eq!(subjects(&scene.app, "bo@").await, NO, "{what}");
        let jobs = list(&scene.app.app.pool, &of_kind(vec![State::Done])).await.expect("reads").jobs;
        assert_eq!(jobs.len(), 1, "{what}: {jobs:?}");
        let log = format!("{:?}", jobs[0]);
        assert!(log.contains("nothing to say"), "{what}: {log}");
        assert_eq!(scene.app.count("SELECT count(*) FROM comment_notice").await, 0, "{what}");
    }
}

/// Somebody, where registering would take a mail server.
pub async fn person(app: &TestApp, name: &str) -> Person {
    let (email, password) = (format!("{name}@example.com"), PASSWORD.to_owned());
    let (operator, now) = (operator(), app.app.now());
    let made =
        domain::profile::create::by_operator(&app.app, &operator, name.to_owned(), &email, password, now);
    made.await.expect("is made");
    Person::enter(app, &email).await
}

#[tokio::test]
async fn what_waits_for_a_mail_server_comes_once_and_at_once() {
    let port = free_port();
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-smtp disable-secure-session-cookies")
        .set("PENPOT_SMTP_HOST", "localhost")
        .set("PENPOT_SMTP_PORT", port.to_string());
    let app = TestApp::with(settings).await;
    let (ana, bo) = (person(&app, "ana").await, person(&app, "bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Viewer).await;
    let project = ana.project(&team, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let thread = json!({
        "fileId": file["id"], "pageId": file["data"]["pages"][0], "frameId": Uuid::nil(),
        "position": {"x": 1, "y": 2}, "content": format!("One, {}", to(&bo)),
    });
    let begun = ana.call("create-comment-thread", thread).await.ok();
    mails_go(&app).await;
    let jobs = list(&app.app.pool, &of_kind(vec![])).await.expect("reads").jobs;
    assert_eq!((jobs.len(), jobs[0].state, jobs[0].attempt), (1, State::Scheduled, 1), "{jobs:?}");
    answer(&ana, &begun, "Two").await;
    assert_eq!(waiting(&app).await, 2);
    let server = SmtpServer::open_at(port).await;
    // Two at once for one person: one tells everything, the other waits a moment and finds nothing left.
    mails_go(&app).await;
    mails_go(&app).await;
    let mails = server.mails_to("bo@example.com").await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    let text = mails[0]["text"].as_str().expect("text");
    assert!(text.contains("> One, bo") && text.contains("> Two"), "{text}");
    assert_eq!(waiting(&app).await, 0);
}
