//! The check-list, lines 6, 7 and 9: what queries and bodies may look like, and settings that come back as they were.

use super::{
    stage::{field, id},
    web_app::{Ask, WebApp, body, kind_of, text},
};
use serde_json::json;
use tests::{app::TestApp, person::Person};
use transit::value::Value;
use uuid::Uuid;

fn uuid(json: &serde_json::Value) -> Uuid {
    json.as_str().expect("an id").parse().expect("a uuid")
}

async fn scene() -> (TestApp, Person, WebApp) {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let web = WebApp::of(&ana);
    (app, ana, web)
}

#[tokio::test]
async fn a_list_in_a_query_is_its_key_repeated() {
    let (_app, ana, web) = scene().await;
    let file = uuid(&ana.file("Sketch").await["id"]);
    let many = |all: &[&str]| Ask::Many(all.iter().map(|one| (*one).to_owned()).collect());
    let all = [
        "components/v2",
        "fdata/path-data",
        "fdata/shape-data-type",
        "layout/grid",
        "design-tokens/v1",
        "variants/v1",
    ];
    for (what, features, is_plain) in [
        ("none", Ask::Nil, true),
        ("empty", many(&[]), true),
        ("all", many(&all), true),
        ("all and one that asks for text", many(&[&all[..], &["fdata/objects-map"]].concat()), false),
    ] {
        let got = web.read("get-file", &[("id", Ask::Id(file)), ("features", features)]).await;
        let pages = field(field(&got, "data"), "pages-index").entries();
        let is_map = field(&pages[0].1, "objects").is_map()
            && !matches!(field(&pages[0].1, "objects"), Value::Tagged(..));
        assert_eq!(is_map, is_plain, "{what}");
    }
    // One is one, and its slash splits nothing: the others are missed by their names.
    let one =
        web.try_read("get-file", &[("id", Ask::Id(file)), ("features", many(&["components/v2"]))]).await;
    let error = one.expect_err("the file has more");
    assert_eq!(kind_of(&error), "restriction/feature-not-supported");
    assert_ne!(error.get("feature"), Some(&Value::text("components/v2")));
    let escaped = format!(
        "/api/main/methods/get-file?id={file}&features={}",
        all.map(|one| one.replace('/', "%2F")).join("&features=")
    );
    assert_eq!(ana.get(&escaped).await.status.as_u16(), 200, "other clients escape them");
}

#[tokio::test]
async fn a_plus_in_an_address_is_no_blank() {
    let (app, ana, mut web) = scene().await;
    let team = ana.team("Ink").await;
    let address = "bo+work@example.com";
    let invitation = body([
        ("emails", Value::Vec(vec![Value::text(address)])),
        ("role", Value::text("editor")),
        ("team-id", Value::Uuid(uuid(&team["id"]))),
    ]);
    web.write("create-team-invitations", &invitation).await;
    let params = [("email", text(address)), ("team-id", Ask::Id(uuid(&team["id"])))];
    let token = web.read("get-team-invitation-token", &params).await;
    assert!(field(&token, "token").as_str().is_some());
    let raw = format!(
        "/api/main/methods/get-team-invitation-token?email={address}&team-id={}",
        team["id"].as_str().expect("id")
    );
    assert_ne!(ana.get(&raw).await.status.as_u16(), 200, "a plus that is not escaped is a blank");
    app.run_jobs().await;
}

#[tokio::test]
async fn nil_is_as_good_as_nothing_and_more_than_is_asked_for_does_no_harm() {
    let (app, ana, mut web) = scene().await;
    let form = [
        ("fullname", Value::text("Ana")),
        ("lang", Value::Nil),
        ("theme", Value::Nil),
        ("moon", Value::keyword("full")),
    ];
    let profile = web.write("update-profile", &body(form)).await;
    assert_eq!(field(&profile, "fullname"), &Value::text("Ana"));
    let made = ana.file("Sketch").await;
    let (file, page) = (uuid(&made["id"]), uuid(&made["data"]["pages"][0]));
    let point = Value::tagged("point", body([("x", Value::Int(1)), ("y", Value::Int(2))]));
    // Mentions are a vector here and a set there.
    for mentions in [Value::Vec(vec![]), Value::Set(vec![]), Value::Set(vec![Value::Uuid(ana.id().0)])] {
        let said = body([
            ("file-id", Value::Uuid(file)),
            ("page-id", Value::Uuid(page)),
            ("frame-id", Value::Uuid(Uuid::nil())),
            ("position", point.clone()),
            ("content", Value::text("?")),
            ("mentions", mentions),
            ("share-id", Value::Nil),
        ]);
        let begun = web.write("create-comment-thread", &said).await;
        let mark = body([("id", field(&begun, "id").clone()), ("share-id", Value::Nil)]);
        web.write("update-comment-thread-status", &mark).await;
    }
    // Ids are a set here and a vector there.
    let project = uuid(&ana.project(&json!({"id": ana.profile["defaultTeamId"]}), "Posters").await["id"]);
    for ids in [Value::Vec(vec![Value::Uuid(file)]), Value::Set(vec![Value::Uuid(file)])] {
        web.write("move-files", &body([("ids", ids), ("project-id", Value::Uuid(project))])).await;
        let back = [
            ("ids", Value::Set(vec![Value::Uuid(file)])),
            ("project-id", Value::Uuid(uuid(&ana.profile["defaultProjectId"]))),
        ];
        web.write("move-files", &body(back)).await;
    }
    app.run_jobs().await;
}

#[tokio::test]
async fn settings_come_back_as_they_were() {
    let (_app, _ana, mut web) = scene().await;
    let nested = Value::map([
        ("a?", Value::Bool(true)),
        ("set", Value::Set(vec![Value::text("content:read"), Value::keyword("k")])),
        ("ids", Value::Vec(vec![Value::text("x"), Value::Uuid(Uuid::from_u128(5))])),
        ("when", Value::Instant(1_780_000_000_000)),
        (
            "deep",
            Value::Map(vec![(
                Value::text("6b6c7d1e-0000-4000-8000-000000000000"),
                body([("n", Value::Float(0.5))]),
            )]),
        ),
        ("nothing", Value::Nil),
    ]);
    let props = [
        ("viewed-tutorial?", Value::Bool(true)),
        ("renderer", Value::keyword("wasm")),
        ("custom-shortcuts", body([("workspace", body([("undo", Value::text("ctrl+z"))]))])),
        ("nudge", body([("big", Value::Int(10)), ("small", Value::Float(1.5))])),
        ("mine", nested),
    ];
    web.write("update-profile-props", &body([("props", Value::map(props.clone()))])).await;
    let profile = web.read("get-profile", &[]).await;
    assert_ne!(id(&profile, "id"), Uuid::nil());
    for (name, value) in props {
        let kept = field(field(&profile, "props"), name);
        assert!(kept.same(&value), "{name}: {kept:?} instead of {value:?}");
    }
    let nothing = body([("props", body([("renderer", Value::Nil)]))]);
    web.write("update-profile-props", &nothing).await;
    let profile = web.read("get-profile", &[]).await;
    let props = field(&profile, "props");
    assert!(props.get("renderer").is_none_or(Value::is_nil) && props.get("nudge").is_some(), "{props:?}");
}
