//! Groups that are measured anew.

use crate::doc::*;
use transit::value::Value;

fn register(shapes: &[u128]) -> Value {
    change("reg-objects", [("shapes", ids(shapes))])
}

/// Group 1 in it group 2, in that shapes 3 and 4.
fn doc() -> Doc {
    Doc::after([
        add(1, 0, shape("group")),
        add(2, 1, shape("group")),
        add(3, 2, shape_at("rect", 100, 0)),
        add(4, 2, shape_at("rect", 150, 50)),
    ])
}

fn float(number: f64) -> Value {
    Value::Float(number)
}

#[test]
fn a_group_is_around_what_it_holds_in_doubles_and_not_flipped() {
    let mut doc = doc();
    doc.run([set(2, "rotation", Value::Int(7)), register(&[2])]).unwrap();
    let numbers = ["x", "y", "width", "height"].map(|name| doc.get(2, name));
    assert_eq!(numbers, [100.0, 0.0, 60.0, 60.0].map(float));
    assert_eq!(doc.get(2, "selrect").get("x2"), Some(&float(160.0)));
    assert_eq!(doc.get(2, "points").items().unwrap()[2], point(float(160.0), float(60.0)));
    let kept = (doc.get(2, "flip-x"), doc.get(2, "flip-y"), doc.get(2, "rotation"));
    assert_eq!(kept, (Value::Bool(false), Value::Bool(false), Value::Int(7)));
}

#[test]
fn groups_around_follow_in_their_order_each_once() {
    let mut doc = doc();
    doc.run([register(&[3])]).unwrap();
    assert_eq!((doc.get(2, "width"), doc.get(1, "width")), (float(60.0), float(60.0)));
    // The outer one first: it is measured before the inner one, and not again.
    let mut doc = self::doc();
    doc.run([register(&[1, 2])]).unwrap();
    assert_eq!((doc.get(2, "width"), doc.get(1, "width")), (float(60.0), float(10.0)));
}

#[test]
fn a_group_that_holds_nothing_stays_where_it_is_and_other_shapes_are_not_measured() {
    let mut doc = Doc::after([
        add(1, 0, shape_at("group", 7, 7)),
        add(2, 0, shape("frame")),
        add(3, 2, shape_at("rect", 90, 90)),
    ]);
    let before = doc.data();
    doc.run([register(&[1, 2, 3, 77])]).unwrap();
    assert!(doc.data().same(&before));
}

#[test]
fn a_masked_group_is_where_its_mask_is_and_needs_it() {
    let mut doc = doc();
    let mask = set(3, "flip-x", Value::Bool(true));
    doc.run([mask, set(2, "masked-group", Value::Bool(true)), register(&[2])]).unwrap();
    assert_eq!((doc.get(2, "selrect"), doc.get(2, "x")), (rect(100, 0, 10, 10), Value::Int(100)));
    assert_eq!((doc.get(2, "flip-x"), doc.get(2, "flip-y")), (Value::Bool(true), Value::Nil));
    doc.run([set(2, "shapes", ids(&[77, 3]))]).unwrap();
    assert!(doc.refused([register(&[2])]).contains("selrect should be there"));
}

#[test]
fn the_visible_part_of_a_picture_follows_its_group() {
    let mut doc = doc();
    doc.run([set(2, "svg-viewbox", rect(0, 0, 20, 20)), register(&[2])]).unwrap();
    let view = doc.get(2, "svg-viewbox");
    let numbers = ["x", "y", "width", "height", "x2"].map(|name| view.get(name).cloned().unwrap());
    assert_eq!(numbers, [100.0, 0.0, 70.0, 70.0, 170.0].map(float));
}
