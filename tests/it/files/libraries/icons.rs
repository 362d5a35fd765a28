//! A library with a component and a colour, and files that use both.

use super::id;
use serde_json::Value as Json;
use tests::{
    drawing::{self, Drawing, change},
    person::Person,
    picture,
};
use transit::value::Value;
use uuid::Uuid;

pub const COMPONENT: u128 = 0xc0;
pub const COLOR: u128 = 0xc1;

pub fn key(number: u128) -> Value {
    Value::Uuid(Uuid::from_u128(number))
}

fn with(mut shape: Value, more: &[(&str, Value)]) -> Value {
    more.iter().for_each(|(name, value)| shape.put(name, value.clone()));
    shape
}

fn add(to: Drawing, number: u128, parent: u128, shape: Value) -> Value {
    change(
        "add-obj",
        [
            ("id", key(number)),
            ("page-id", Value::Uuid(to.page)),
            ("frame-id", key(parent)),
            ("parent-id", key(parent)),
            ("obj", shape),
        ],
    )
}

/// A board that is a main or a copy of the component of a file.
fn head(number: u128, of: Uuid, more: &[(&str, Value)]) -> Value {
    let head = [
        ("component-id", key(COMPONENT)),
        ("component-file", Value::Uuid(of)),
        ("component-root", Value::Bool(true)),
    ];
    with(with(drawing::shape(number, Uuid::nil(), "frame"), &head), more)
}

/// Draws a component with a picture, and adds a colour.
pub async fn fill(ana: &Person, library: &Json) -> Drawing {
    let from = Drawing::of(library);
    let bytes = picture::png(20, 20, 1);
    let media = ana.upload_picture(&library["id"], "a.png", "image/png", bytes).await.ok();
    let image = Value::map([
        ("id", Value::Uuid(id(&media))),
        ("width", Value::Int(20)),
        ("height", Value::Int(20)),
        ("mtype", Value::text("image/png")),
    ]);
    let fills = Value::Vec(vec![Value::map([("fill-image", image)])]);
    let rect = with(drawing::shape(11, Uuid::from_u128(10), "rect"), &[("fills", fills)]);
    let component = [
        ("id", key(COMPONENT)),
        ("name", Value::text("Button")),
        ("path", Value::text("")),
        ("main-instance-id", key(10)),
        ("main-instance-page", Value::Uuid(from.page)),
    ];
    let color =
        Value::map([("id", key(COLOR)), ("name", Value::text("Ink")), ("color", Value::text("#102030"))]);
    let changes = vec![
        add(from, 10, 0, head(10, from.file, &[("main-instance", Value::Bool(true))])),
        add(from, 11, 10, rect),
        change("add-component", component),
        change("add-color", [("color", color)]),
    ];
    sent(ana, from, 0, changes).await;
    from
}

pub async fn sent(ana: &Person, to: Drawing, revn: i64, changes: Vec<Value>) {
    let answer = to.send(ana, Uuid::from_u128(1), revn, changes).await;
    assert!(answer.status.is_success(), "{}", answer.text());
}

/// Places a copy of the component, with the colour.
pub async fn place(ana: &Person, file: &Json, of: Uuid) -> Drawing {
    let to = Drawing::of(file);
    let reference = [
        ("fill-color", Value::text("#102030")),
        ("fill-color-ref-id", key(COLOR)),
        ("fill-color-ref-file", Value::Uuid(of)),
    ];
    let fills = [("fills", Value::Vec(vec![Value::map(reference)])), ("shape-ref", key(11))];
    let changes = vec![
        add(to, 20, 0, head(20, of, &[("shape-ref", key(10))])),
        add(to, 21, 20, with(drawing::shape(21, Uuid::from_u128(20), "rect"), &fills)),
    ];
    sent(ana, to, 0, changes).await;
    to
}

/// Whether a file has all of it by itself; else it has nothing of it.
pub async fn is_absorbed(ana: &Person, to: Drawing, from: Uuid) -> bool {
    let document = to.read(ana).await;
    let entry = |map: &str, number| document.get(map).and_then(|map| map.at(&key(number)));
    let file_of = |shape: &Value| shape.get("component-file").and_then(Value::as_uuid);
    let fills =
        to.shape(&document, 21).get("fills").and_then(|fills| fills.items()?.first()).expect("a fill");
    let (component, color) = (entry("components", COMPONENT), entry("colors", COLOR));
    let now = [file_of(to.shape(&document, 20)), fills.get("fill-color-ref-file").and_then(Value::as_uuid)];
    let Some(component) = component else {
        assert_eq!((now, color), ([Some(from); 2], None), "half of it");
        return false;
    };
    assert_eq!((now, color.is_some()), ([Some(to.file); 2], true), "half of it");
    let page = component.get("main-instance-page").expect("a page");
    let page = document.get("pages-index").and_then(|pages| pages.at(page)).expect("the page of mains");
    let main = page.get("objects").and_then(|shapes| shapes.at(&key(10))).expect("the main");
    assert_eq!(file_of(main), Some(to.file));
    true
}
