//! Who may make and change webhooks, where they may listen, and how many there may be.

use super::scene::{JSON, Scene, TRANSIT, settings, text};
use domain::role::Role;
use serde_json::{Value as Json, json};
use tests::{app::TestApp, collector::Collector, person::Person};
use tokio::{io::AsyncWriteExt as _, net::TcpListener};
use transit::value::Value;

const NONE: &str = "404 not-found/object-not-found";

async fn make(who: &Person, team: &Json, uri: &str) -> tests::client::Answer {
    who.call("create-webhook", json!({"teamId": team["id"], "uri": uri, "mtype": JSON})).await
}

fn hint(answer: &tests::client::Answer) -> String {
    assert_eq!(answer.failure(), "400 validation/webhook-validation");
    text(&answer.json()["hint"])
}

#[tokio::test]
async fn a_webhook_is_made_changed_and_removed() {
    let scene = Scene::new().await;
    let Scene { ana, target, team, .. } = &scene;
    let made = scene.hook(TRANSIT).await;
    assert_eq!(
        [&made["uri"], &made["mtype"], &made["isActive"], &made["errorCode"], &made["errorCount"]],
        [&json!(target.uri()), &json!(TRANSIT), &json!(true), &Json::Null, &json!(0)]
    );
    assert_eq!(made["profileId"], ana.profile["id"]);
    assert!(target.posted()[0].head.starts_with("head /take "), "it was asked whether it is there");
    assert_eq!(scene.seen().await, made);

    // As the web app does it: the whole row, and the address as one.
    let id = |json: &Json| Value::Uuid(text(json).parse().expect("a uuid"));
    let row = Value::map([
        ("id", id(&made["id"])),
        ("team-id", id(&team["id"])),
        ("uri", Value::Uri(target.uri())),
        ("mtype", Value::text(JSON)),
        ("is-active", Value::Bool(false)),
        ("error-code", Value::Nil),
        ("error-count", Value::Int(0)),
    ]);
    let changed = ana.call_transit("update-webhook", &row).await.transit();
    assert_eq!(changed.get("uri"), Some(&Value::Uri(target.uri())));
    assert_eq!(changed.get("mtype"), Some(&Value::text(JSON)));
    assert_eq!(target.posted().len(), 1, "the same address is not asked again");
    let seen = scene.seen().await;
    assert_eq!([&seen["isActive"], &seen["secret"]], [&json!(false), &made["secret"]]);

    target.answer(404);
    let elsewhere = json!({"id": made["id"], "uri": format!("{}/2", target.uri()), "mtype": JSON});
    assert_eq!(hint(&ana.call("update-webhook", elsewhere).await), "unexpected-status:404");
    assert_eq!(scene.seen().await["uri"], json!(target.uri()));
    ana.call("delete-webhook", json!({"id": made["id"], "teamId": team["id"]})).await.ok();
    assert_eq!(scene.seen().await, Json::Null);
    let logged = "SELECT count(*) FROM audit_log WHERE name LIKE '%-webhook' AND props::text LIKE '%/take%'";
    assert_eq!(scene.app.count(logged).await, 0, "paths may hold secrets");
}

#[tokio::test]
async fn members_see_them_and_editors_and_makers_change_them() {
    let scene = Scene::new().await;
    let Scene { app, ana, target, team, .. } = &scene;
    let (bo, cy, eve) = (app.person("bo").await, app.person("cy").await, app.person("eve").await);
    app.join(team, &bo, Role::Editor).await;
    app.join(team, &cy, Role::Viewer).await;
    let hook = scene.hook(JSON).await;
    let own = make(&bo, team, &target.uri()).await.ok();
    let change = |hook: &Json| json!({"id": hook["id"], "uri": target.uri(), "mtype": JSON});
    for who in [&cy, &eve] {
        assert_eq!(make(who, team, &target.uri()).await.failure(), NONE);
        assert_eq!(who.call("update-webhook", change(&hook)).await.failure(), NONE);
        assert_eq!(who.call("delete-webhook", json!({"id": hook["id"]})).await.failure(), NONE);
    }
    assert_eq!(eve.call("get-webhooks", json!({"teamId": team["id"]})).await.failure(), NONE);
    let seen = cy.call("get-webhooks", json!({"teamId": team["id"]})).await.ok();
    let secrets: Vec<&Json> = seen.as_array().expect("a list").iter().map(|one| &one["secret"]).collect();
    assert_eq!(secrets, [&Json::Null, &Json::Null], "whoever only looks sees no secret");
    bo.call("update-webhook", change(&hook)).await.ok();
    // Whoever made one looks after it, whatever they may do else, as long as they are here.
    let role = json!({"teamId": team["id"], "memberId": bo.profile["id"], "role": "viewer"});
    ana.call("update-team-member-role", role).await.ok();
    bo.call("update-webhook", change(&own)).await.ok();
    assert_eq!(bo.call("update-webhook", change(&hook)).await.failure(), NONE);
    bo.call("leave-team", json!({"id": team["id"]})).await.ok();
    assert_eq!(bo.call("delete-webhook", json!({"id": own["id"]})).await.failure(), NONE);
    app.run_jobs().await;
}

#[tokio::test]
async fn nothing_in_our_own_network_is_asked() {
    let target = Collector::answering(200).await;
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let port = target.host().rsplit(':').next().expect("a port").to_owned();
    for uri in [
        target.uri(),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://2130706433:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ] {
        assert_eq!(hint(&make(&ana, &team, &uri).await), "blocked-request:not-public", "{uri}");
    }
    for uri in ["ftp://example.com/", "https://ana:secret@example.com/"] {
        assert_eq!(hint(&make(&ana, &team, uri).await), "invalid-uri", "{uri}");
    }
    assert_eq!(target.posted().len(), 0);
}

/// A server that answers whatever comes in plain text; where it is.
async fn speaks_no_tls() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let host = listener.local_addr().expect("bound").to_string();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            // Whoever came does not stay to read it.
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    host
}

#[tokio::test]
async fn a_server_that_is_not_as_it_should_be_is_refused_by_name() {
    let (target, plain) = (Collector::answering(301).await, speaks_no_tls().await);
    let hosts = format!("{} {plain}", target.host());
    let no_tls = format!("https://{plain}/");
    let app = TestApp::with(settings(&target).set("PENPOT_SSRF_ALLOWED_HOSTS", hosts)).await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    assert_eq!(hint(&make(&ana, &team, &target.uri()).await), "unexpected-status:301");
    assert_eq!(target.posted().len(), 1, "and not followed");
    assert_eq!(hint(&make(&ana, &team, &no_tls).await), "ssl-validation-error");
    target.stand_still();
    assert_eq!(hint(&make(&ana, &team, &target.uri()).await), "timeout");
    let uri = target.uri();
    drop(target);
    assert_eq!(hint(&make(&ana, &team, &uri).await), "connection-error");
}

#[tokio::test]
async fn a_team_has_eight_at_most() {
    let scene = Scene::new().await;
    for _ in 0..7 {
        scene.hook(JSON).await;
    }
    let uri = scene.target.uri();
    let both = tokio::join!(make(&scene.ana, &scene.team, &uri), make(&scene.ana, &scene.team, &uri));
    let mut answers =
        [&both.0, &both.1].map(|one| if one.status.is_success() { String::new() } else { one.failure() });
    answers.sort();
    assert_eq!(answers, ["", "400 restriction/webhooks-quote-reached"]);
}
