//! The check-list, line 19: links in mails lead to routes that the web app has, with the params that it reads there.

use super::{
    stage::field,
    web_app::{Ask, WebApp, body},
};
use crate::comments::mails::mails_go;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    person::Person,
};
use transit::value::Value;
use uuid::Uuid;

const PUBLIC: &str = "https://design.example.com";

fn text(json: &Json) -> String {
    json.as_str().expect("text").to_owned()
}

/// A house whose mails are read by people elsewhere.
async fn house() -> TestApp {
    TestApp::with(Settings::default().set("PENPOT_PUBLIC_URI", PUBLIC)).await
}

/// The links of the newest mail to somebody: routes with their params in order.
async fn links(app: &TestApp, email: &str) -> Vec<(String, Vec<(String, String)>)> {
    app.run_jobs().await;
    let mail = app.newest_mail(email).await;
    let start = format!("{PUBLIC}/#/");
    mail.match_indices(&start)
        .map(|(at, _)| {
            let rest = &mail[at + start.len()..];
            let link = rest.split(|c: char| c.is_whitespace() || ")>".contains(c)).next().unwrap_or_default();
            let (route, query) = link.split_once('?').unwrap_or((link, ""));
            let mut params: Vec<(String, String)> =
                url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
            params.sort();
            (route.to_owned(), params)
        })
        .collect()
}

/// The newest mail to somebody has one link, with these params: names and, where they are known, values.
async fn leads(
    app: &TestApp,
    email: &str,
    route: &str,
    params: &[(&str, Option<&str>)],
) -> Vec<(String, String)> {
    let all = links(app, email).await;
    let found = all.iter().find(|(to, _)| to == route).unwrap_or_else(|| panic!("no {route} in {all:?}"));
    let names: Vec<&str> = found.1.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, params.iter().map(|(name, _)| *name).collect::<Vec<_>>(), "{route}");
    for ((_, is), (name, wanted)) in found.1.iter().zip(params) {
        assert!(wanted.is_none_or(|wanted| wanted == is), "{name} of {route} is {is}");
    }
    found.1.clone()
}

#[tokio::test]
async fn ways_into_an_account_and_a_team() {
    let app = house().await;
    // Whoever registers confirms by the link; person() follows it.
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let token = [("token", None)];
    leads(&app, "ana@example.com", "auth/verify-token", &token).await;
    // accounts::email_change and accounts::recovery have theirs.
    let team = ana.team("Ink").await;
    let invitation = json!({"teamId": team["id"], "emails": ["bo@example.com"], "role": "editor"});
    ana.call("create-team-invitations", invitation).await.ok();
    leads(&app, "bo@example.com", "auth/verify-token", &token).await;
    let copied = WebApp::of(&ana);
    let params = [("email", super::web_app::text("bo@example.com")), ("team-id", Ask::Id(uuid(&team["id"])))];
    let copied = copied.read("get-team-invitation-token", &params).await;
    let joined = bo.call("verify-token", json!({"token": field(&copied, "token").as_str()})).await.ok();
    assert_eq!(joined["state"], "created", "an admin may copy the link too");
}

fn uuid(json: &Json) -> Uuid {
    json.as_str().expect("an id").parse().expect("a uuid")
}

#[tokio::test]
async fn whoever_asks_for_access_is_let_in_from_the_mail() {
    let app = house().await;
    let (ana, eve, cy) = (app.person("ana").await, app.person("eve").await, app.person("cy").await);
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let (team_id, file_id, page) = (text(&team["id"]), text(&file["id"]), text(&file["data"]["pages"][0]));
    let members = [("invite-email", Some("eve@example.com")), ("team-id", Some(team_id.as_str()))];
    let ask = async |who: &Person, params: &Value| {
        let mut web = WebApp::of(who);
        web.write("create-team-access-request", params).await
    };
    ask(&eve, &body([("team-id", Value::Uuid(uuid(&team["id"])))])).await;
    leads(&app, "ana@example.com", "dashboard/members", &members).await;
    let viewer = [("file-id", Value::Uuid(uuid(&file["id"]))), ("is-viewer", Value::Bool(true))];
    ask(&cy, &body(viewer)).await;
    let view = [
        ("file-id", Some(file_id.as_str())),
        ("index", Some("0")),
        ("page-id", Some(page.as_str())),
        ("section", Some("interactions")),
        ("share", Some("true")),
    ];
    leads(&app, "ana@example.com", "view", &view).await;
    let members = [("invite-email", Some("cy@example.com")), members[1]];
    leads(&app, "ana@example.com", "dashboard/members", &members).await;
}

#[tokio::test]
async fn whoever_is_mentioned_is_led_to_the_thread() {
    let app = house().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, domain::role::Role::Editor).await;
    let project = ana.project(&team, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let said = json!({
        "fileId": file["id"], "pageId": file["data"]["pages"][0], "frameId": Uuid::nil(),
        "position": {"x": 1, "y": 2}, "content": format!("@[Bo]({})", bo.id_of("id")), "mentions": [bo.id_of("id")],
    });
    let thread = ana.call("create-comment-thread", said).await.ok();
    mails_go(&app).await;
    let [team, file_id, page, thread] =
        [&team["id"], &file["id"], &file["data"]["pages"][0], &thread["id"]].map(text);
    let params = [
        ("comment-id", Some(thread.as_str())),
        ("file-id", Some(file_id.as_str())),
        ("page-id", Some(page.as_str())),
        ("team-id", Some(team.as_str())),
    ];
    leads(&app, "bo@example.com", "workspace", &params).await;
}
