//! What webhooks are told: each method that they hear of, once, in both formats, and nothing of other teams.

use super::scene::{JSON, Scene, TRANSIT, body, text};
use api::methods::ALL;
use jobs::{
    Job as _,
    admin::{self, Action, Target},
    all::{
        objects_gc::ObjectsGc, process_webhook_event::ProcessWebhookEvent, webhook_event_gc::WebhookEventGc,
    },
    read::{Filter, State},
};
use platform::secrets::signature;
use serde_json::{Value as Json, json};
use tests::collector::Posted;
use transit::value::Value;
use uuid::Uuid;

const FONT: Uuid = Uuid::from_u128(9);

/// Does what a method is for, in the team; what it is told with besides the name.
async fn call(scene: &Scene, method: &str) -> Json {
    let Scene { ana, team, project, file, .. } = scene;
    let (team, project, id) = (&team["id"], &project["id"], &file["id"]);
    let library = async || {
        let params = json!({"projectId": project, "name": "Icons", "isShared": true});
        ana.call("create-file", params).await.ok()["id"].clone()
    };
    let thread = json!({
        "fileId": id, "pageId": file["data"]["pages"][0], "frameId": Uuid::nil(),
        "position": {"x": 1, "y": 2}, "content": "Larger",
    });
    let linked = async || {
        let params = json!({"fileId": id, "libraryId": library().await});
        ana.call("link-file-to-library", params.clone()).await.ok();
        params
    };
    let (params, mut also) = match method {
        "create-project" => (json!({"teamId": team, "name": "Flyers"}), json!({})),
        "rename-project" => (json!({"id": project, "name": "Bills"}), json!({"teamId": team})),
        "update-project-pin" => (json!({"id": project, "teamId": team, "isPinned": true}), json!({})),
        "duplicate-project" => (json!({"projectId": project, "name": "Copy"}), json!({"teamId": team})),
        "delete-project" => (json!({"id": project}), json!({"teamId": team, "name": "Posters"})),
        "move-project" => {
            let other = ana.team("Elsewhere").await;
            let moved = ana.project(&other, "Moved").await;
            (json!({"projectId": moved["id"], "teamId": team}), json!({"name": "Moved"}))
        }
        "create-file" => (json!({"projectId": project, "name": "Draft"}), json!({"teamId": team})),
        "rename-file" => (json!({"id": id, "name": "Bill"}), json!({"projectId": project})),
        "set-file-shared" => (json!({"id": id, "isShared": true}), json!({"projectId": project})),
        "duplicate-file" => (json!({"fileId": id, "name": "Copy"}), json!({"projectId": project})),
        "delete-file" => (json!({"id": id}), json!({"projectId": project, "name": "Sketch"})),
        "move-files" => {
            let other = ana.project(&scene.team, "Other").await;
            (json!({"ids": [id], "projectId": other["id"]}), json!({"teamId": team}))
        }
        "link-file-to-library" => (json!({"fileId": id, "libraryId": library().await}), json!({})),
        "unlink-file-from-library" => (linked().await, json!({})),
        "update-file" => {
            let change = json!({"type": "mod-page", "id": file["data"]["pages"][0], "name": "Cover"});
            let params = json!({"id": id, "sessionId": id, "revn": 0, "vern": 0, "changes": [change]});
            scene.app.run_jobs().await;
            scene.target.forget();
            ana.call(method, params).await.ok();
            return json!({"id": id, "name": "Sketch", "projectId": project, "teamId": team});
        }
        "create-comment-thread" => (thread, json!({"projectId": project, "teamId": team})),
        "create-comment" => {
            let begun = ana.call("create-comment-thread", thread).await.ok();
            (json!({"threadId": begun["id"], "content": "Smaller"}), json!({"fileId": id, "teamId": team}))
        }
        "create-font-variant" => {
            scene.app.run_jobs().await;
            scene.target.forget();
            ana.font(team, FONT).await;
            return json!({"teamId": team, "fontId": FONT, "fontFamily": "Inky", "data": ["font/ttf"]});
        }
        font => of_font(scene, font).await,
    };
    // What was done so that it can be done is told before.
    scene.app.run_jobs().await;
    scene.target.forget();
    ana.call(method, params.clone()).await.ok();
    also.as_object_mut().expect("facts").extend(params.as_object().expect("params").clone());
    also
}

/// What a font is changed with, and what is told besides.
async fn of_font(scene: &Scene, method: &str) -> (Json, Json) {
    let team = &scene.team["id"];
    let font = scene.ana.font(team, FONT).await;
    match method {
        "update-font" => (json!({"teamId": team, "id": font["fontId"], "name": "Blot"}), json!({})),
        "delete-font" => (json!({"teamId": team, "id": font["fontId"]}), json!({"name": "Inky"})),
        "delete-font-variant" => {
            (json!({"teamId": team, "id": font["id"]}), json!({"fontId": font["fontId"]}))
        }
        other => panic!("{other}: say here what it is called with"),
    }
}

/// Whether the signature is right, as a receiver finds out.
fn is_signed(posted: &Posted, secret: &Json) -> bool {
    let header = posted.header("x-atelier-signature");
    let (at, signed) = header.split_once(',').expect("two parts");
    let (at, signed) =
        (at.strip_prefix("t=").expect("a moment"), signed.strip_prefix("v1=").expect("digits"));
    signature(text(secret).as_bytes(), &[at.as_bytes(), b".", &posted.body]) == signed
}

#[tokio::test]
async fn each_method_that_webhooks_hear_of_is_told_once_and_in_both_formats() {
    for method in ALL.iter().filter(|method| method.webhook) {
        let (name, scene) = (method.name, Scene::new().await);
        let hooks = [scene.hook(JSON).await, scene.hook(TRANSIT).await];
        let facts = call(&scene, name).await;
        assert_eq!(scene.app.run_jobs().await.failed, 0, "{name}");
        let told = scene.told();
        assert_eq!(told.len(), 2, "{name}: {told:?}");
        let in_format = |mtype: &str| {
            let found = told.iter().find(|posted| posted.header("content-type") == mtype);
            found.unwrap_or_else(|| panic!("{name}: nothing in {mtype}"))
        };
        let (in_json, in_transit) = (in_format(JSON), in_format(TRANSIT));
        assert!(
            is_signed(in_json, &hooks[0]["secret"]) && is_signed(in_transit, &hooks[1]["secret"]),
            "{name}"
        );
        assert!(!is_signed(in_json, &hooks[1]["secret"]), "each has a secret of its own");
        assert!(in_json.header("user-agent").starts_with("penpot/"), "{name}");
        assert_eq!(in_json.header("x-atelier-event"), in_transit.header("x-atelier-event"));
        let body = body(in_json);
        assert_eq!([&body["name"], &body["profileId"]], [&json!(name), &scene.ana.profile["id"]], "{body}");
        for (fact, value) in facts.as_object().expect("facts") {
            assert_eq!(&body["props"][fact], value, "{name}: {fact} in {body}");
        }
        let read = transit::read(&in_transit.body, &transit::Limits::default()).expect("transit");
        assert_eq!(read.to_json(), body, "{name}");
        assert_eq!(read.get("name"), Some(&Value::text(name)));
        let by = text(&scene.ana.profile["id"]).parse().expect("a uuid");
        assert_eq!(read.get("profile-id"), Some(&Value::Uuid(by)));
    }
}

#[tokio::test]
async fn nothing_is_told_of_other_teams_of_reads_of_failures_or_without_the_flag() {
    let scene = Scene::new().await;
    scene.hook(JSON).await;
    scene.app.run_jobs().await;
    scene.target.forget();
    let other = scene.ana.team("Other").await;
    let project = scene.ana.project(&other, "Hidden").await;
    let file = scene.ana.file_in(&project["id"], "Hidden").await;
    scene.ana.call("rename-file", json!({"id": file["id"], "name": "Hid"})).await.ok();
    scene.ana.call("get-file", json!({"id": scene.file["id"]})).await.ok();
    let nothing = json!({"id": Uuid::from_u128(7), "name": "x"});
    assert!(!scene.ana.call("rename-file", nothing).await.status.is_success());
    scene.app.run_jobs().await;
    assert_eq!(scene.names(), [""; 0]);
    assert_eq!(scene.deliveries(vec![]).await.len(), 0, "nothing was even asked for");
    assert_eq!(scene.app.count("SELECT count(*) FROM webhook_event").await, 0);
}

#[tokio::test]
async fn drawing_is_told_at_once_and_then_gathered() {
    let scene = Scene::new().await;
    scene.hook(JSON).await;
    let page = |name: &str| json!({"type": "mod-page", "id": scene.file["data"]["pages"][0], "name": name});
    for (revn, name) in ["One", "Two", "Three"].into_iter().enumerate() {
        let params = json!({
            "id": scene.file["id"], "sessionId": scene.file["id"], "revn": revn, "vern": 0, "changes": [page(name)],
        });
        scene.ana.call("update-file", params).await.ok();
        if revn == 0 {
            scene.app.run_jobs().await;
            assert_eq!(scene.names(), ["update-file"], "the first one is told at once");
        }
        if revn == 1 {
            scene.rename("Bill").await;
        }
    }
    scene.app.run_jobs().await;
    assert_eq!(scene.names(), ["update-file", "rename-file"], "the others wait");
    let waiting = "SELECT count(*) FROM webhook_event WHERE told_at IS NULL";
    assert_eq!(scene.app.count(waiting).await, 1, "as one");
    let all = Filter {
        kind: Some(ProcessWebhookEvent::NAME.to_owned()),
        states: vec![State::Scheduled],
        ..Filter::default()
    };
    let due = Target::Matching(all);
    admin::apply(&scene.app.app.pool, Action::RunNow, &due, "tests").await.expect("go");
    scene.app.run_jobs().await;
    assert_eq!(scene.names(), ["update-file", "rename-file", "update-file"]);
    let told = body(&scene.told()[2]);
    assert_eq!(told["props"]["name"], "Bill", "the last one is told");
    let mut keys: Vec<&String> = told["props"].as_object().expect("props").keys().collect();
    keys.sort();
    assert_eq!(keys, ["features", "id", "name", "projectId", "teamId"], "nothing of what was drawn");
}

#[tokio::test]
async fn what_was_told_long_ago_is_forgotten_and_a_team_goes_with_its_webhooks() {
    let scene = Scene::new().await;
    scene.hook(JSON).await;
    scene.rename("Bill").await;
    scene.app.run_jobs().await;
    let events = "SELECT count(*) FROM webhook_event";
    let gc = || WebhookEventGc {};
    scene.app.run_job_later(gc(), chrono::Duration::days(29)).await;
    assert_eq!(scene.app.count(events).await, 1);
    scene.app.run_job_later(gc(), chrono::Duration::days(31)).await;
    assert_eq!(scene.app.count(events).await, 0);

    scene.rename("Bell").await;
    scene.ana.call("delete-team", json!({"id": scene.team["id"]})).await.ok();
    scene.app.run_jobs().await;
    assert_eq!(scene.names(), ["rename-file"], "a deleted team tells nothing, also of what was done before");
    let done = scene.deliveries(vec![State::Done]).await;
    assert!(format!("{:?}", done[0].progress).contains("the team was deleted"), "{done:?}");
    scene.app.run_job_later(ObjectsGc {}, chrono::Duration::days(9)).await;
    assert_eq!(scene.app.count("SELECT count(*) FROM webhook").await, 0);
    assert_eq!(scene.app.count(events).await, 0);
}

#[tokio::test]
async fn what_is_made_again_is_told_once_and_what_nobody_asked_for_hides_nothing() {
    let scene = Scene::new().await;
    scene.hook(JSON).await;
    let mut params = serde_json::Map::new();
    // More than an event keeps, and before what the method takes.
    params.extend((0..120).map(|number| (format!("x{number}"), json!("y".repeat(100)))));
    params.insert("id".into(), json!(Uuid::from_u128(77)));
    params.insert("name".into(), json!("Posters"));
    params.insert("teamId".into(), scene.team["id"].clone());
    for _ in 0..2 {
        scene.ana.call("create-project", Json::Object(params.clone())).await.ok();
    }
    scene.app.run_jobs().await;
    let told = scene.told();
    assert_eq!(told.len(), 1, "{told:?}");
    let props = &body(&told[0])["props"];
    assert_eq!([&props["name"], &props["teamId"]], [&json!("Posters"), &scene.team["id"]], "{props}");
}

#[test]
fn of_an_address_the_log_has_server_and_port_however_it_is_written() {
    for (address, host) in [
        ("https://hooks.example.com/services/secret?token=secret", "hooks.example.com"),
        ("http://hooks.example.com:8080/secret", "hooks.example.com:8080"),
        ("http:\\\\hooks.example.com\\secret", "hooks.example.com"),
        ("http://hooks.example.com\\secret", "hooks.example.com"),
        ("no address", ""),
    ] {
        assert_eq!(domain::webhook::host_of(address), host, "{address}");
    }
}
