//! Pages and what they hold beside shapes.

use crate::doc::*;
use transit::value::Value;

fn page(number: u128, name: &str) -> Value {
    let mut page = document::file::new_data(uuid::Uuid::nil(), uuid::Uuid::from_u128(number))
        .get("pages-index")
        .and_then(|pages| pages.at(&id(number)).cloned())
        .expect("a page");
    page.put("name", text(name));
    page
}

fn added<const N: usize>(fields: [(&str, Value); N]) -> Value {
    with(map([("type", kw("add-page"))]), fields)
}

fn pages(doc: &Doc) -> Vec<u128> {
    doc.at(&[kw("pages")]).as_uuids().expect("pages").iter().map(|id| id.as_u128()).collect()
}

#[test]
fn a_page_is_made_of_a_name_or_taken_whole_but_not_both() {
    let mut doc = Doc::new();
    doc.run([added([("id", id(101)), ("name", text("a"))]), added([("page", page(102, "b"))])]).unwrap();
    doc.run([
        added([("page", page(103, "c")), ("id", id(9))]),
        added([("page", page(104, "d")), ("name", text("x"))]),
    ])
    .unwrap();
    assert_eq!(pages(&doc), [100, 101, 102, 103, 104]);
    assert_eq!(doc.at(&[kw("pages-index"), id(104), kw("name")]), text("d"));
    let both = added([("page", page(105, "e")), ("id", id(105)), ("name", text("x"))]);
    assert!(doc.refused([both]).contains("page should not be there"));
    for nothing in
        [added([]), added([("id", id(9))]), added([("name", text("x"))]), added([("page", Value::Nil)])]
    {
        assert!(doc.refused([nothing]).contains("should be there"));
    }
}

#[test]
fn a_page_that_is_there_is_replaced_whole_in_its_place() {
    let mut doc = Doc::after([added([("id", id(101)), ("name", text("a"))]), add(1, 0, shape("rect"))]);
    doc.run([added([("page", with(page(100, "new"), [("index", Value::Int(5))]))])]).unwrap();
    assert_eq!((pages(&doc), doc.get(1, "id"), doc.page("name")), (vec![100, 101], Value::Nil, text("new")));
    assert_eq!(doc.page("index"), Value::Nil);
    doc.run([added([("page", with(page(103, "first"), [("index", Value::Int(-1))]))])]).unwrap();
    assert_eq!(pages(&doc), [103, 100, 101]);
}

#[test]
fn a_page_with_an_invalid_shape_or_without_root_is_refused() {
    let mut doc = Doc::new();
    let mut bare = page(101, "a");
    bare.put("objects", Value::Map(vec![]));
    assert!(doc.refused([added([("page", bare)])]).contains("page.objects should have the root frame"));
    let mut bad = page(101, "a");
    let objects = bad.at_mut(&kw("objects")).unwrap();
    objects.put_at(id(1), with(shape("rect"), [("parent-id", id(0)), ("frame-id", id(0)), ("x", kw("x"))]));
    assert!(doc.refused([added([("page", bad)])]).contains("00000001.x should be a number"));
    let mut round = page(101, "a");
    let objects = round.at_mut(&kw("objects")).unwrap();
    objects.put_at(id(1), with(shape("frame"), [("parent-id", id(2)), ("frame-id", id(0))]));
    objects.put_at(id(2), with(shape("frame"), [("parent-id", id(1)), ("frame-id", id(0))]));
    assert!(doc.refused([added([("page", round)])]).contains("inside the shape itself"));
}

#[test]
fn a_page_that_is_not_there_cannot_be_moved() {
    let mut doc = Doc::after([added([("id", id(101)), ("name", text("a"))])]);
    let moved = |number, index| change("mov-page", [("id", id(number)), ("index", Value::Int(index))]);
    doc.run([moved(101, 0)]).unwrap();
    assert_eq!(pages(&doc), [101, 100]);
    assert!(doc.refused([moved(102, 0)]).contains("id should be a page that is there"));
    assert!(doc.refused([change("mov-page", [("id", id(101))])]).contains("index should be there"));
}

#[test]
fn a_deleted_page_takes_its_shapes_and_one_of_its_id_begins_anew() {
    let mut doc = Doc::after([add(1, 0, shape("rect"))]);
    let gone = || change("del-page", [("id", id(100))]);
    doc.run([gone(), gone(), added([("id", id(100)), ("name", text("again"))])]).unwrap();
    assert_eq!((pages(&doc), doc.get(1, "id"), doc.children(0)), (vec![100], Value::Nil, vec![]));
}

#[test]
fn a_nil_takes_the_look_of_a_page_away_but_not_its_name() {
    let mut doc = Doc::new();
    let look = |value| change("mod-page", [("id", id(100)), ("background", value)]);
    doc.run([look(text("#123456"))]).unwrap();
    assert_eq!(doc.page("background"), text("#123456"));
    doc.run([look(Value::Nil)]).unwrap();
    assert_eq!((doc.page("background"), doc.page("name")), (Value::Nil, text("Page 1")));
    assert!(doc.refused([look(text("red"))]).contains("background should be a colour"));
    assert!(doc.refused([change("mod-page", [("id", id(100)), ("name", Value::Nil)])]).contains("name"));
}

#[test]
fn guides_and_flows_are_replaced_whole_under_their_id_and_the_map_goes_with_the_last() {
    let mut doc = Doc::new();
    let flow = |params| change("set-flow", [("id", id(500)), ("params", params)]);
    let params =
        map([("id", id(9)), ("name", text("a")), ("starting-frame", id(1)), ("more", Value::Int(1))]);
    doc.run([flow(params)]).unwrap();
    doc.run([flow(map([("name", text("b")), ("starting-frame", id(1))]))]).unwrap();
    let stored = map([("name", text("b")), ("starting-frame", id(1)), ("id", id(500))]);
    assert!(doc.page("flows").same(&Value::Map(vec![(id(500), stored)])));
    doc.run([flow(Value::Nil), change("set-guide", [("id", id(500)), ("params", Value::Nil)])]).unwrap();
    let own = doc.at(&[kw("pages-index"), id(100)]);
    assert_eq!((own.get("flows"), own.get("guides")), (None, None));
}

#[test]
fn default_grids_have_no_id() {
    let color = map([("color", text("#123456")), ("opacity", Value::Float(0.5))]);
    let params = map([("size", Value::Int(8)), ("color", color)]);
    let grid = |params| change("set-default-grid", [("grid-type", kw("square")), ("params", params)]);
    let mut doc = Doc::after([grid(params.clone())]);
    assert_eq!(doc.page("default-grids"), map([("square", params)]));
    doc.run([grid(Value::Nil)]).unwrap();
    assert_eq!(doc.page("default-grids"), Value::Nil);
}

#[test]
fn positions_of_comments_leave_an_empty_map_but_make_none() {
    let position = |frame, position| {
        change(
            "set-comment-thread-position",
            [("comment-thread-id", id(600)), ("frame-id", frame), ("position", position)],
        )
    };
    let mut doc = Doc::after([position(id(1), Value::Nil)]);
    assert_eq!(doc.at(&[kw("pages-index"), id(100)]).get("comment-thread-positions"), None);
    doc.run([position(id(1), point(Value::Int(1), Value::Int(2)))]).unwrap();
    assert_eq!(doc.page("comment-thread-positions").entries().len(), 1);
    doc.run([position(Value::Nil, point(Value::Int(1), Value::Int(2)))]).unwrap();
    assert_eq!(doc.page("comment-thread-positions"), Value::Map(vec![]));
}
