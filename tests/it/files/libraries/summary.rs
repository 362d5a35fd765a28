//! What is in a library, at a glance.

use super::id;
use document::geometry::path;
use domain::file::parts::unpack;
use serde_json::{Value as Json, json};
use tests::{app::TestApp, document::pack, person::Person};
use transit::value::Value;
use uuid::Uuid;

fn key(number: u128) -> Value {
    Value::Uuid(Uuid::from_u128(number))
}

fn entries(of: impl IntoIterator<Item = (u128, Value)>) -> Value {
    Value::Map(of.into_iter().map(|(number, value)| (key(number), value)).collect())
}

const PAGE: u128 = 1;

fn shape(number: u128, kind: &str, children: &[u128]) -> (u128, Value) {
    let children = children.iter().map(|child| key(*child)).collect();
    let shape = Value::map([
        ("id", key(number)),
        ("type", Value::keyword(kind)),
        ("name", Value::text("S")),
        ("shapes", Value::Vec(children)),
    ]);
    (number, Value::tagged("shape", shape))
}

fn component(number: u128, name: &str, main: u128, more: &[(&'static str, Value)]) -> (u128, Value) {
    let mut value = Value::map([
        ("id", key(number)),
        ("name", Value::text(name)),
        ("path", Value::text("")),
        ("main-instance-id", key(main)),
        ("main-instance-page", key(PAGE)),
    ]);
    more.iter().for_each(|(name, field)| value.put(name, field.clone()));
    (number, value)
}

/// A document with components, two of them variants of one, one deleted and one without its main.
fn document(file: Uuid) -> Value {
    let mut data = document::file::new_data(file, Uuid::from_u128(PAGE));
    let mut drawn = shape(12, "path", &[]);
    drawn.1.put("content", Value::tagged(path::TAG, Value::Bytes(path::pack(&[]))));
    let shapes = [shape(10, "frame", &[11, 12, 99]), shape(11, "rect", &[]), drawn, shape(20, "frame", &[])];
    let pages = data.at_mut(&Value::keyword("pages-index")).expect("pages");
    let page = pages.at_mut(&key(PAGE)).expect("the page");
    let objects = page.at_mut(&Value::keyword("objects")).expect("shapes");
    for (number, value) in shapes {
        objects.put_at(key(number), value);
    }
    let variant = ("variant-id", key(50));
    let components = [
        component(101, "button", 10, &[]),
        component(102, "Arrow", 20, std::slice::from_ref(&variant)),
        component(103, "arrow down", 20, &[variant]),
        component(104, "gone", 20, &[("deleted", Value::Bool(true))]),
        component(105, "zoom", 77, &[]),
    ];
    let color = |number: u128, name: &str| {
        (
            number,
            Value::map([("id", key(number)), ("name", Value::text(name)), ("color", Value::text("#000000"))]),
        )
    };
    data.put("components", entries(components));
    data.put("colors", entries([color(1, "red"), color(2, "Blue"), color(3, "black"), color(4, "green")]));
    data.put("typographies", entries([(9, Value::map([("id", key(9)), ("name", Value::text("Body"))]))]));
    data
}

async fn summary(ana: &Person, file: &Json) -> Json {
    ana.call("get-file-summary", json!({"id": file["id"]})).await.ok()
}

fn names(sampled: &Json) -> Vec<&str> {
    let sample = sampled["sample"].as_array().expect("a sample");
    sample.iter().map(|one| one["name"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn a_summary_counts_and_shows_the_first_by_name() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Icons").await;
    let empty = summary(&ana, &file).await;
    let none = json!({"count": 0, "sample": []});
    let expected = json!({
        "name": "Icons", "components": none, "variants": {"count": 0}, "colors": none, "typographies": none,
    });
    assert_eq!(empty, expected);

    pack(&app.app.pool, id(&file), &document(id(&file))).await;
    let whole = summary(&ana, &file).await;
    unpack::unpack_all(&app.app).await.expect("unpacks");
    let rows = summary(&ana, &file).await;
    assert_eq!(rows, whole, "the same of rows and of a document that is none yet");
    assert_eq!(rows["components"]["count"], json!(3));
    assert_eq!(names(&rows["components"]), ["Arrow", "button", "zoom"]);
    assert_eq!(rows["variants"], json!({"count": 1}));
    assert_eq!(
        (rows["colors"]["count"].clone(), names(&rows["colors"])),
        (json!(4), vec!["black", "Blue", "green"])
    );
    assert_eq!(names(&rows["typographies"]), ["Body"]);
    let objects = |at: usize| {
        let objects = rows["components"]["sample"][at]["objects"].as_object().expect("shapes");
        objects.keys().map(|id| id.parse::<Uuid>().expect("an id").as_u128()).collect::<Vec<_>>()
    };
    assert_eq!((objects(0), objects(1), objects(2)), (vec![20], vec![10, 11, 12], vec![]));
    let path = &rows["components"]["sample"][1]["objects"][Uuid::from_u128(12).to_string()];
    assert!(path["content"].is_string(), "as get-file shows it: {path}");
}

#[tokio::test]
async fn a_summary_in_transit_keeps_its_types() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Icons").await;
    pack(&app.app.pool, id(&file), &document(id(&file))).await;
    let params = Value::map([("id", Value::Uuid(id(&file)))]);
    let summary = ana.call_transit("get-file-summary", &params).await.transit();
    let components = summary.get("components").and_then(|of| of.get("sample")?.items()).expect("a sample");
    let button = &components[1];
    assert_eq!(button.get("id"), Some(&key(101)));
    let objects = button.get("objects").expect("shapes");
    let main = objects.at(&key(10)).expect("the main");
    assert!(matches!(main, Value::Tagged(tag, _) if tag == "shape"), "{main:?}");
    assert_eq!(main.get("type"), Some(&Value::keyword("frame")));
}

#[tokio::test]
async fn a_component_of_many_shapes_is_shown_without_them() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Icons").await;
    let mut data = document(id(&file));
    let many: Vec<u128> = (1_000..2_000).collect();
    let pages = data.at_mut(&Value::keyword("pages-index")).expect("pages");
    let objects = pages.at_mut(&key(PAGE)).and_then(|page| page.at_mut(&Value::keyword("objects")));
    let objects = objects.expect("shapes");
    let (main, whole) = shape(10, "frame", &many);
    objects.put_at(key(main), whole);
    for number in many {
        let (number, value) = shape(number, "rect", &[]);
        objects.put_at(key(number), value);
    }
    pack(&app.app.pool, id(&file), &data).await;
    for _ in 0..2 {
        let summary = summary(&ana, &file).await;
        let sample = &summary["components"]["sample"];
        assert_eq!((&sample[1]["name"], &sample[1]["objects"]), (&json!("button"), &json!({})));
        assert_eq!(sample[0]["objects"].as_object().map(serde_json::Map::len), Some(1));
        unpack::unpack_all(&app.app).await.expect("unpacks");
    }
}
