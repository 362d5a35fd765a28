//! Components: made, changed, deleted, restored.

use crate::doc::*;
use transit::value::Value;

fn added<const N: usize>(more: [(&str, Value); N]) -> Value {
    let fields = [
        ("id", id(301)),
        ("name", text("c")),
        ("path", text("p")),
        ("main-instance-id", id(1)),
        ("main-instance-page", id(100)),
    ];
    with(change("add-component", fields), more)
}

/// A change of component 301.
fn of<const N: usize>(name: &str, more: [(&str, Value); N]) -> Value {
    with(map([("type", kw(name)), ("id", id(301))]), more)
}

fn deleted<const N: usize>(more: [(&str, Value); N]) -> Value {
    of("del-component", more)
}

/// A component whose main is 1 with 2 in it.
fn doc() -> Doc {
    Doc::after([add(1, 0, shape_at("frame", 5, 5)), add(2, 1, shape_at("text", 6, 6)), added([])])
}

fn kept(doc: &Doc, number: u128, name: &str) -> Value {
    doc.at(&[kw("components"), id(301), kw("objects"), id(number), kw(name)])
}

#[test]
fn a_deleted_component_keeps_its_main_moved_with_whole_numbers_whole() {
    let mut doc = doc();
    let line = with(
        map([
            ("x", Value::Int(1)),
            ("y", Value::Float(2.0)),
            ("width", Value::Int(1)),
            ("height", Value::Int(1)),
        ]),
        [("fills", Value::Vec(vec![]))],
    );
    doc.run([set(2, "position-data", Value::Vec(vec![line.clone()]))]).unwrap();
    doc.run([deleted([("delta", point(Value::Int(10), Value::Float(0.5)))])]).unwrap();
    assert_eq!((kept(&doc, 1, "x"), kept(&doc, 1, "y")), (Value::Int(15), Value::Float(5.5)));
    let rect = kept(&doc, 2, "selrect");
    let numbers = ["x1", "x2", "y1", "y2"].map(|name| rect.get(name).cloned().unwrap());
    assert_eq!(numbers, [Value::Int(16), Value::Int(26), Value::Float(6.5), Value::Float(16.5)]);
    let moved = with(line, [("x", Value::Int(11)), ("y", Value::Float(2.5))]);
    assert_eq!(kept(&doc, 2, "position-data"), Value::Vec(vec![moved]));
    assert_eq!(kept(&doc, 2, "points").items().unwrap()[0], point(Value::Int(16), Value::Float(6.5)));
    // What is around it is as it was, and so is the main.
    assert_eq!(
        (kept(&doc, 1, "parent-id"), kept(&doc, 2, "parent-id"), doc.get(1, "x")),
        (id(0), id(1), Value::Int(5))
    );
    assert_eq!((doc.component(301, "deleted"), doc.component(301, "modified-at")), (Value::Bool(true), NOW));
}

#[test]
fn without_a_distance_a_rectangle_is_made_anew_all_the_same() {
    let mut doc = doc();
    let mut thin = rect(5, 5, 0, 10);
    thin.put("x2", Value::Int(99));
    doc.run([set(1, "selrect", thin), deleted([])]).unwrap();
    let rect = kept(&doc, 1, "selrect");
    assert_eq!((rect.get("width"), rect.get("x2")), (Some(&Value::Float(0.01)), Some(&Value::Float(5.01))));
}

#[test]
fn what_is_kept_already_stays_as_it_is() {
    let mut doc = doc();
    doc.run([deleted([]), set(1, "x", Value::Int(500)), deleted([])]).unwrap();
    assert_eq!(kept(&doc, 1, "x"), Value::Int(5));
    doc.run([change("del-obj", [("id", id(1))]), deleted([])]).unwrap();
    assert_eq!(kept(&doc, 1, "x"), Value::Int(5));
}

#[test]
fn a_component_whose_main_is_not_there_is_not_deleted_unless_it_is_already() {
    let mut doc = doc();
    doc.run([change("del-obj", [("id", id(1))])]).unwrap();
    assert!(doc.refused([deleted([])]).contains("id should be a component whose main is on its page"));
    assert_eq!(doc.run([of("del-component", [("id", id(399))])]), Ok(()));
}

#[test]
fn a_listed_child_that_is_missing_is_not_kept() {
    let mut doc = doc();
    doc.run([set(1, "shapes", ids(&[2, 77])), deleted([])]).unwrap();
    assert_eq!(doc.component(301, "objects").entries().len(), 2);
}

#[test]
fn a_component_is_deleted_for_good_by_either_spelling() {
    for name in ["skip-undelete?", "skip-undelete"] {
        let mut doc = doc();
        doc.run([deleted([]), deleted([(name, Value::Bool(true))])]).unwrap();
        assert_eq!(doc.at(&[kw("components")]), Value::Map(vec![]));
    }
}

#[test]
fn a_changed_component_loses_what_is_not_sent_of_annotation_variant_and_kept_shapes() {
    let mut doc = doc();
    let properties = Value::Vec(vec![map([("name", text("n")), ("value", text("v"))])]);
    let variant = [("annotation", text("a")), ("variant-id", id(9)), ("variant-properties", properties)];
    doc.run([added(variant), deleted([]), of("mod-component", [])]).unwrap();
    let component = doc.at(&[kw("components"), id(301)]);
    for name in ["annotation", "variant-id", "variant-properties", "objects"] {
        assert_eq!(component.get(name), None, "{name}");
    }
    assert_eq!((component.get("name"), component.get("path")), (Some(&text("c")), Some(&text("p"))));
}

#[test]
fn a_changed_component_is_dated_only_by_what_copies_see() {
    let moment = || ("modified-at", Value::Instant(5));
    let date = |more: Value| {
        let mut doc = doc();
        doc.run([of("mod-component", [moment()]), more]).unwrap();
        doc.component(301, "modified-at")
    };
    assert_eq!(
        date(of("mod-component", [("annotation", text("a")), ("variant-id", id(9))])),
        Value::Instant(5)
    );
    assert_eq!(date(of("mod-component", [("name", text("c"))])), Value::Instant(5));
    assert_eq!(date(of("mod-component", [("name", text("d")), moment()])), NOW);
    assert_eq!(date(of("mod-component", [("objects", Value::Map(vec![]))])), NOW);
    // Two maps of kept shapes count as equal.
    let mut doc = doc();
    let object = with(shape("rect"), [("parent-id", id(0)), ("frame-id", id(0))]);
    let objects = Value::Map(vec![(id(1), object)]);
    doc.run([deleted([]), of("mod-component", [("objects", objects), moment()])]).unwrap();
    assert_eq!((doc.component(301, "modified-at"), kept(&doc, 1, "type")), (Value::Instant(5), kw("rect")));
}

#[test]
fn a_component_takes_no_nil_for_name_path_and_variant() {
    let mut doc = doc();
    for name in ["name", "path", "variant-id", "variant-properties"] {
        let refusal = doc.refused([of("mod-component", [(name, Value::Nil)])]);
        assert_eq!(refusal, format!("change 0 (mod-component): {name} should be there"));
    }
    doc.run([
        of("mod-component", [("annotation", Value::Nil), ("objects", Value::Nil)]),
        of("mod-component", [("id", id(399))]),
    ])
    .unwrap();
    assert_eq!(doc.at(&[kw("components")]).entries().len(), 1);
}

#[test]
fn a_component_that_is_added_again_is_replaced_whole() {
    let mut doc = doc();
    doc.run([added([("annotation", text("a"))]), deleted([]), added([])]).unwrap();
    let component = doc.at(&[kw("components"), id(301)]);
    assert_eq!(component.entries().len(), 6);
    assert_eq!(component.get("modified-at"), Some(&NOW));
}

#[test]
fn a_restored_component_keeps_nothing_and_is_dated() {
    let mut doc = doc();
    doc.run([deleted([]), of("restore-component", [("page-id", id(101))])]).unwrap();
    let component = doc.at(&[kw("components"), id(301)]);
    assert_eq!((component.get("objects"), component.get("deleted")), (None, None));
    assert_eq!(
        (component.get("main-instance-page"), component.get("modified-at")),
        (Some(&id(101)), Some(&NOW))
    );
    assert_eq!(doc.run([of("restore-component", [("id", id(399)), ("page-id", id(100))])]), Ok(()));
}

#[test]
fn a_restored_variant_is_what_its_main_says() {
    let restored = || of("restore-component", [("page-id", id(100))]);
    let mut doc = doc();
    doc.run([added([("variant-id", id(8))]), set(1, "variant-id", id(9)), deleted([]), restored()]).unwrap();
    assert_eq!(doc.component(301, "variant-id"), id(9));
    // Its main is not back: the variant is none, and no nil is stored.
    doc.run([deleted([]), change("del-obj", [("id", id(1))]), restored()]).unwrap();
    assert_eq!(doc.at(&[kw("components"), id(301)]).get("variant-id"), None);
}

#[test]
fn shapes_that_are_kept_can_be_changed_by_naming_the_component() {
    let mut doc = doc();
    let renamed = with(set(2, "name", text("b")), [("component-id", id(301))]);
    let mut there = renamed;
    there.take("page-id");
    doc.run([deleted([]), there]).unwrap();
    assert_eq!((kept(&doc, 2, "name"), doc.get(2, "name")), (text("b"), text("a shape")));
}
