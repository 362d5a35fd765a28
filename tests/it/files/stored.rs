//! Documents are rows: how they come to be, how they are read, and how they go.

use super::scene::unfold;
use chrono::Duration;
use domain::file::parts::unpack::{self, Unpacked};
use entities::ids::FileId;
use jobs::all::objects_gc::ObjectsGc;
use serde_json::{Value as Json, json};
use tests::{
    app::TestApp,
    client::Answer,
    document::{pack, pack_bytes},
    person::Person,
};
use transit::{Limits, value::Value};
use uuid::Uuid;

fn id(thing: &Json) -> Uuid {
    thing["id"].as_str().expect("an id").parse().expect("a uuid")
}

/// The document in transit, for a client that declares these features.
async fn read(ana: &Person, file: Uuid, features: &[&str]) -> Value {
    let features = features.iter().map(|name| Value::text(name)).collect();
    let params = Value::map([("id", Value::Uuid(file)), ("features", Value::Set(features))]);
    let answer = ana.call_transit("get-file", &params).await;
    let answer = transit::read(&answer.bytes, &Limits::STORED).expect("transit");
    answer.get("data").expect("a document").clone()
}

/// What a client of everything declares.
const EVERYTHING: [&str; 8] = [
    "fdata/objects-map",
    "fdata/shape-data-type",
    "fdata/path-data",
    "components/v2",
    "layout/grid",
    "design-tokens/v1",
    "variants/v1",
    "plugins/runtime",
];

/// The document in every form, as the values that clients make of them.
async fn forms(ana: &Person, file: Uuid) -> [Value; 4] {
    let plain = read(ana, file, &EVERYTHING[1..]).await;
    let mut mapped = read(ana, file, &EVERYTHING).await;
    unfold(&mut mapped);
    let path = format!("/api/main/methods/get-file?id={file}&transit_verbose");
    let verbose = ana.get(&path).await.transit().get("data").expect("a document").clone();
    let json = ana.call("get-file", json!({"id": file})).await;
    let json = transit::json::read(&json.bytes, &Limits::STORED).expect("JSON");
    [plain, mapped, verbose, json.get("data").expect("a document").clone()]
}

/// As JSON shows it.
fn in_json(value: &Value) -> Value {
    transit::json::read(&transit::json::write(value), &Limits::STORED).expect("JSON")
}

fn assert_all(forms: [Value; 4], data: &Value) {
    let [plain, mapped, verbose, json] = forms;
    for (form, what) in [(plain, "plain"), (mapped, "shapes as text"), (verbose, "verbose")] {
        assert!(form.same(data), "{what}: {form:?}\n{data:?}");
    }
    // Tokens have a form of their own in JSON.
    let [mut json, mut data] = [json, in_json(data)];
    for value in [&mut json, &mut data] {
        value.take("tokens-lib");
    }
    assert!(json.same(&data), "JSON: {json:?}\n{data:?}");
}

/// A document with something of everything.
pub fn document(file: Uuid) -> Value {
    let mut data = document::file::new_data(file, Uuid::from_u128(1));
    let key = |n: u128| Value::Uuid(Uuid::from_u128(n));
    let map = |n: u128, value: Value| Value::Map(vec![(key(n), value)]);
    let odd = Value::tagged("unknown", Value::Set(vec![Value::Float(1.0), Value::Char('c')]));
    let color = Value::map([("id", key(7)), ("name", Value::text("Ink")), ("color", Value::text("#000000"))]);
    let shape = Value::tagged("shape", Value::map([("id", key(9)), ("type", Value::keyword("rect"))]));
    let component = Value::map([("id", key(8)), ("deleted", Value::Bool(true)), ("objects", map(9, shape))]);
    let complex = Value::Map(vec![(Value::Vec(vec![Value::Int(1)]), odd.clone())]);
    for (name, value) in [
        ("colors", map(7, color)),
        ("components", map(8, component)),
        ("typographies", Value::map([])),
        ("tokens-lib", Value::tagged("penpot/tokens-lib", Value::map([("sets", Value::Nil)]))),
        ("odd", odd),
        ("complex", complex),
    ] {
        data.put(name, value);
    }
    data
}

#[tokio::test]
async fn a_new_file_is_one_empty_page_in_every_form() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let made =
        ana.call("create-file", json!({"projectId": ana.profile["defaultProjectId"], "name": "a"})).await;
    let file = id(&made.ok());
    let forms = forms(&ana, file).await;
    let page = forms[0].get("pages").and_then(|pages| pages.items()?.first()?.as_uuid()).expect("a page");
    assert_all(forms, &document::file::new_data(file, page));
    let made = transit::json::read(&made.bytes, &Limits::STORED).expect("JSON");
    let data = document::file::new_data(file, page);
    assert!(made.get("data").is_some_and(|own| own.same(&in_json(&data))), "as it was answered at first");

    let params = |features: &[&str]| {
        let features = features.iter().map(|name| Value::text(name)).collect();
        let project = ana.id_of("defaultProjectId").parse().expect("a uuid");
        Value::map([
            ("project-id", Value::Uuid(project)),
            ("name", Value::text("b")),
            ("features", Value::Set(features)),
        ])
    };
    for features in [&EVERYTHING[..], &EVERYTHING[1..]] {
        let made = ana.call_transit("create-file", &params(features)).await.transit();
        let pages = made.get("data").and_then(|data| data.get("pages-index")).expect("pages");
        let objects = pages.entries()[0].1.get("objects").expect("shapes");
        assert_eq!(matches!(objects, Value::Tagged(..)), features.len() == 8, "{objects:?}");
    }
    assert_eq!(app.count("SELECT count(*) FROM file_data").await, 0);
}

#[tokio::test]
async fn what_the_release_before_wrote_whole_is_read_and_becomes_rows() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let files = [ana.file("a").await, ana.file("b").await, ana.file("c").await].map(|file| id(&file));
    for file in files {
        pack(&app.app.pool, file, &document(file)).await;
    }
    assert_all(forms(&ana, files[0]).await, &document(files[0]));
    assert_eq!(app.count("SELECT count(*) FROM file WHERE root_container_id IS NOT NULL").await, 0);

    pack_bytes(&app.app.pool, files[1], b"[\"^ \"".to_vec()).await;
    let params = json!({"id": files[1]});
    assert_eq!(ana.call("get-file", params.clone()).await.failure(), "500 server-error/unexpected");
    let (one, other) = tokio::join!(unpack::unpack_all(&app.app), unpack::unpack_all(&app.app));
    let (one, other) = (one.expect("unpacks"), other.expect("unpacks"));
    assert!(one.done <= 2 && other.done <= 2 && one.done + other.done >= 2, "{one:?} {other:?}");
    let [(failed, why)] = one.failed.as_slice() else { panic!("{one:?}") };
    assert_eq!((*failed, why.is_empty()), (FileId(files[1]), false));
    for file in [files[0], files[2]] {
        assert_all(forms(&ana, file).await, &document(file));
    }
    assert_eq!(app.count("SELECT count(*) FROM file WHERE root_container_id IS NOT NULL").await, 2);
    assert_eq!(
        app.count("SELECT count(*) FROM file_part WHERE kind = 7").await,
        2,
        "each was made rows once"
    );
    assert_eq!(app.count("SELECT count(*) FROM file_data").await, 3, "still there for the release before");

    pack(&app.app.pool, files[1], &document(files[1])).await;
    let last = unpack::unpack_all(&app.app).await.expect("unpacks");
    assert_eq!(last, Unpacked { done: 1, failed: vec![] }, "and only that");
    assert_all(forms(&ana, files[1]).await, &document(files[1]));
}

#[tokio::test]
async fn a_document_of_many_parts_becomes_rows_in_several_statements() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = id(&ana.file("a").await);
    let mut data = document(file);
    let color = |n: u128| {
        let id = Value::Uuid(Uuid::from_u128(n));
        let long = Value::text(&"x".repeat(if n.is_multiple_of(500) { 3 << 20 } else { 10 }));
        (id.clone(), Value::map([("id", id), ("name", long)]))
    };
    data.put("colors", Value::Map((1..=3_500).map(color).collect()));
    pack(&app.app.pool, file, &data).await;
    unpack::unpack_all(&app.app).await.expect("unpacks");
    let own = read(&ana, file, &EVERYTHING).await;
    assert!(own.get("colors").is_some_and(|colors| colors.same(data.get("colors").expect("colors"))));
}

#[tokio::test]
async fn a_purged_file_leaves_no_parts() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (file, kept) = (ana.file("a").await, ana.file("b").await);
    let mut data = document(id(&file));
    let color = |n: u128| {
        let id = Value::Uuid(Uuid::from_u128(n));
        (id.clone(), Value::map([("id", id)]))
    };
    data.put("colors", Value::Map((1..=12_000).map(color).collect()));
    pack(&app.app.pool, id(&file), &data).await;
    unpack::unpack_all(&app.app).await.expect("unpacks");
    app.run_job_later(ObjectsGc {}, Duration::zero()).await;
    let before: Answer = ana.call("get-file", json!({"id": file["id"]})).await;
    assert_eq!(before.status.as_u16(), 200, "nothing that is in use is swept");
    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    app.run_jobs().await;
    app.run_job_later(ObjectsGc {}, Duration::days(6)).await;
    assert!(
        app.count("SELECT count(*) FROM file_part").await > 12_000,
        "it may come back until its time is over"
    );
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    assert_eq!(app.count("SELECT count(*) FROM file_container WHERE file_id IS NULL").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM file_part").await, 3, "those of the other file");
    ana.call("get-file", json!({"id": kept["id"]})).await.ok();
}
