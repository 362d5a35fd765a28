//! What a copy of a component notes about itself.

use crate::doc::*;
use transit::value::Value;

/// A frame with a copied shape of a type in it: 2 in 1.
fn copied(shape_type: &str) -> Doc {
    let copy = |shape| with(shape, [("shape-ref", id(50)), ("remote-synced", Value::Bool(true))]);
    let inside = with(add(2, 1, copy(shape(shape_type))), [("ignore-touched", Value::Bool(true))]);
    Doc::after([add(1, 0, copy(shape("frame"))), inside])
}

fn content(words: &str) -> Value {
    let node = |name: &str, child| map([("type", text(name)), ("children", Value::Vec(vec![child]))]);
    node("root", node("paragraph-set", node("paragraph", map([("text", text(words))]))))
}

#[test]
fn a_value_within_the_tolerance_adds_no_group_but_is_stored() {
    let mut doc = copied("rect");
    doc.run([set(2, "x", Value::Float(0.9)), set(2, "opacity", Value::Float(1.0))]).unwrap();
    assert_eq!(doc.touched(2), ["layer-effects-group"]);
    doc.run([set(2, "opacity", Value::Float(1.000_5)), set(2, "x", Value::Float(1.8))]).unwrap();
    assert_eq!(doc.touched(2), ["layer-effects-group"]);
    assert_eq!((doc.get(2, "x"), doc.get(2, "opacity")), (Value::Float(1.8), Value::Float(1.000_5)));
    doc.run([set(2, "x", Value::Float(2.9))]).unwrap();
    assert_eq!(doc.touched(2), ["geometry-group", "layer-effects-group"]);
}

#[test]
fn width_and_height_count_however_little_they_change() {
    let mut doc = copied("rect");
    doc.run([set_with(2, "width", Value::Float(10.01), [("ignore-geometry", Value::Bool(true))])]).unwrap();
    assert_eq!(doc.touched(2), ["geometry-group"]);
}

#[test]
fn a_touched_copy_is_not_in_step_and_one_that_is_spared_stays_so() {
    let mut doc = copied("rect");
    let spared = [("ignore-touched", Value::Bool(true))];
    doc.run([set_with(2, "name", text("b"), spared)]).unwrap();
    assert_eq!((doc.touched(2).len(), doc.get(2, "remote-synced")), (0, Value::Bool(true)));
    doc.run([set_with(2, "x", Value::Int(500), [("ignore-geometry", Value::Bool(true))])]).unwrap();
    assert_eq!((doc.touched(2).len(), doc.get(2, "remote-synced")), (0, Value::Bool(true)));
    doc.run([set(2, "name", text("c"))]).unwrap();
    assert_eq!((doc.touched(2), doc.get(2, "remote-synced")), (vec!["name-group".to_owned()], Value::Nil));
}

#[test]
fn a_shape_that_is_no_copy_notes_nothing() {
    let mut doc = Doc::after([add(1, 0, shape("rect"))]);
    doc.run([set(1, "name", text("b"))]).unwrap();
    assert_eq!(doc.get(1, "touched"), Value::Nil);
}

#[test]
fn whether_a_shape_is_a_copy_is_decided_before_the_value_is_stored() {
    let mut doc = copied("rect");
    let operations = ["shape-ref", "name"].map(|name| {
        let value = if name == "name" { text("b") } else { Value::Nil };
        map([("type", kw("set")), ("attr", kw(name)), ("val", value)])
    });
    doc.run([modify(2, operations.to_vec())]).unwrap();
    assert_eq!((doc.get(2, "touched"), doc.get(2, "shape-ref")), (Value::Nil, Value::Nil));
}

#[test]
fn the_type_is_geometry() {
    let mut doc = copied("rect");
    doc.run([set_with(2, "type", kw("circle"), [("ignore-geometry", Value::Bool(true))])]).unwrap();
    assert_eq!(doc.touched(2).len(), 0);
    doc.run([set(2, "type", kw("rect"))]).unwrap();
    assert_eq!(doc.touched(2), ["geometry-group"]);
}

#[test]
fn links_are_assigned_without_a_note() {
    let mut doc = copied("frame");
    let links = [("component-id", id(7)), ("component-file", id(8)), ("component-root", Value::Bool(true))];
    let sets = links.map(|(name, value)| set(2, name, value));
    doc.run(sets).unwrap();
    doc.run([set(2, "interactions", Value::Vec(vec![])), set(2, "plugin-data", Value::Map(vec![]))]).unwrap();
    assert_eq!(doc.touched(2).len(), 0);
}

#[test]
fn setting_touched_stores_it_even_on_a_shape_that_is_no_copy() {
    let groups = Value::Set(vec![kw("name-group")]);
    let mut doc = Doc::after([add(1, 0, shape("rect"))]);
    let operation = map([("type", kw("set-touched")), ("touched", groups.clone())]);
    doc.run([modify(1, vec![operation])]).unwrap();
    assert_eq!(doc.get(1, "touched"), Value::Nil);
    doc.run([set(1, "touched", groups.clone())]).unwrap();
    assert_eq!(doc.get(1, "touched"), groups);
}

#[test]
fn the_operations_on_copies_keep_only_what_says_something() {
    let mut doc = copied("rect");
    let touched = |items| modify(2, vec![map([("type", kw("set-touched")), ("touched", Value::Set(items))])]);
    doc.run([touched(vec![kw("a"), kw("b")])]).unwrap();
    assert_eq!(doc.touched(2), ["a", "b"]);
    doc.run([touched(vec![])]).unwrap();
    assert_eq!(doc.get(2, "touched"), Value::Nil);
    let synced = |flag| {
        modify(2, vec![map([("type", kw("set-remote-synced")), ("remote-synced", Value::Bool(flag))])])
    };
    doc.run([synced(false)]).unwrap();
    assert_eq!(doc.get(2, "remote-synced"), Value::Nil);
    doc.run([synced(true)]).unwrap();
    assert_eq!(doc.get(2, "remote-synced"), Value::Bool(true));
}

#[test]
fn a_changed_text_notes_what_of_it_changed() {
    let mut doc = copied("text");
    doc.run([set_with(2, "content", content("a"), [("ignore-touched", Value::Bool(true))])]).unwrap();
    doc.run([set(2, "content", content("b"))]).unwrap();
    assert_eq!(doc.touched(2), ["content-group", "text-content-text"]);
}

#[test]
fn a_text_that_differs_in_nothing_that_counts_notes_the_group_alone() {
    let mut doc = copied("text");
    let keyed = with(content("a"), [("key", text("k"))]);
    doc.run([set_with(2, "content", content("a"), [("ignore-touched", Value::Bool(true))])]).unwrap();
    doc.run([set(2, "content", keyed)]).unwrap();
    assert_eq!(doc.touched(2), ["content-group"]);
}

#[test]
fn lines_of_a_text_are_drawn_anew_without_a_note() {
    let mut doc = copied("text");
    let numbers = ["x", "y", "width", "height"].map(|name| (name, Value::Int(1)));
    let line = with(map(numbers), [("fills", Value::Vec(vec![]))]);
    let elsewhere = with(line.clone(), [("x", Value::Int(90))]);
    doc.run([line, elsewhere].map(|line| set(2, "position-data", Value::Vec(vec![line])))).unwrap();
    assert_eq!((doc.touched(2).len(), doc.get(2, "remote-synced")), (0, Value::Bool(true)));
}

#[test]
fn applied_tokens_note_the_attributes_they_stand_for() {
    let mut doc = copied("rect");
    let tokens = |names: [&str; 2]| map(names.map(|name| (name, text("a token"))));
    doc.run([set(2, "applied-tokens", tokens(["fill", "row-gap"]))]).unwrap();
    assert_eq!((doc.touched(2), doc.get(2, "remote-synced")), (vec!["fill-group".to_owned()], Value::Nil));
    doc.run([set(2, "applied-tokens", tokens(["fill", "r1"]))]).unwrap();
    assert_eq!(doc.touched(2), ["fill-group", "radius-group"]);
}

#[test]
fn a_copy_that_gets_or_loses_a_child_falls_out_of_step() {
    for spared in [true, false] {
        let mut doc = copied("rect");
        doc.run([with(add(3, 1, shape("rect")), [("ignore-touched", Value::Bool(spared))])]).unwrap();
        assert_eq!(doc.get(1, "remote-synced"), if spared { Value::Bool(true) } else { Value::Nil });
        let mut doc = copied("rect");
        doc.run([change("del-obj", [("id", id(2)), ("ignore-touched", Value::Bool(spared))])]).unwrap();
        assert_eq!(doc.get(1, "remote-synced"), if spared { Value::Bool(true) } else { Value::Nil });
    }
}

#[test]
fn moving_and_reordering_leave_a_copy_in_step() {
    let mut doc = copied("rect");
    doc.run([with(add(3, 1, shape("rect")), [("ignore-touched", Value::Bool(true))])]).unwrap();
    let moved = [("parent-id", id(1)), ("shapes", ids(&[3])), ("index", Value::Int(0))];
    let moved = with(change("mov-objects", moved), [("allow-altering-copies", Value::Bool(true))]);
    let reordered = change("reorder-children", [("parent-id", id(1)), ("shapes", ids(&[2, 3]))]);
    doc.run([moved, reordered]).unwrap();
    assert_eq!((doc.children(1), doc.get(1, "remote-synced")), (vec![2, 3], Value::Bool(true)));
    assert_eq!(doc.touched(1).len(), 0);
}
