//! Which components become newer by a batch.

use crate::doc::*;
use transit::value::Value;

fn yes() -> Value {
    Value::Bool(true)
}

fn component(number: u128, main: u128) -> Value {
    change(
        "add-component",
        [
            ("id", id(number)),
            ("name", text("c")),
            ("path", text("")),
            ("main-instance-id", id(main)),
            ("main-instance-page", id(100)),
        ],
    )
}

fn main_of(number: u128, is_root: bool) -> Value {
    let main = with(shape("frame"), [("component-id", id(number)), ("main-instance", yes())]);
    if is_root { with(main, [("component-root", yes())]) } else { main }
}

/// Frame 1 is the main of 301. In it: 2 a plain frame with shape 3; 4 the main of 302 with shape 5; 6 a head of a copy
/// of 303 with shape 7.
fn doc() -> Doc {
    let copy = |shape| with(shape, [("shape-ref", id(60))]);
    let mut doc = Doc::after([
        component(301, 1),
        component(302, 4),
        component(303, 9),
        add(1, 0, main_of(301, true)),
        add(2, 1, shape("frame")),
        add(3, 2, shape("rect")),
        add(4, 1, main_of(302, false)),
        add(5, 4, shape("rect")),
        add(6, 1, with(copy(shape("frame")), [("component-id", id(303))])),
        add(7, 6, copy(shape("rect"))),
    ]);
    let old = |number| {
        with(map([("type", kw("mod-component")), ("id", id(number))]), [("modified-at", Value::Instant(1))])
    };
    doc.run([old(301), old(302), old(303)]).expect("taken");
    doc
}

/// Which of the three are newer.
fn newer(doc: &Doc) -> Vec<u128> {
    (301..304).filter(|number| doc.component(*number, "modified-at") == NOW).collect()
}

fn after(change: Value) -> Vec<u128> {
    let mut doc = doc();
    doc.run([change]).expect("taken");
    newer(&doc)
}

#[test]
fn a_change_inside_a_main_dates_its_component() {
    assert_eq!(after(set(1, "name", text("b"))), [301]);
    assert_eq!(after(set(3, "name", text("b"))), [301]);
}

#[test]
fn a_change_inside_a_nested_main_dates_the_nested_component_alone() {
    assert_eq!(after(set(4, "name", text("b"))), [302]);
    assert_eq!(after(set(5, "name", text("b"))), [302]);
}

#[test]
fn a_change_inside_a_copy_in_a_main_dates_nothing_unless_the_change_names_a_component() {
    for number in [6, 7] {
        assert!(after(set(number, "name", text("b"))).is_empty());
        assert_eq!(after(with(set(number, "name", text("b")), [("component-id", id(303))])), [303]);
    }
}

#[test]
fn a_head_in_a_copy_is_passed_on_the_way_up() {
    let mut doc = doc();
    let nested =
        with(shape("frame"), [("shape-ref", id(61)), ("component-id", id(302)), ("main-instance", yes())]);
    doc.run([add(8, 6, nested)]).unwrap();
    doc.run([set(8, "name", text("b"))]).unwrap();
    assert!(newer(&doc).is_empty());
}

#[test]
fn only_what_copies_follow_dates() {
    assert!(after(set(3, "collapsed", yes())).is_empty());
    assert!(after(set(3, "x", Value::Float(0.5))).is_empty());
    assert!(after(set(3, "applied-tokens", map([("fill", text("t"))]))).is_empty());
    assert!(after(set_with(3, "x", Value::Int(50), [("ignore-geometry", yes())])).is_empty());
    // That a copy is not touched does not keep the main from being newer.
    assert_eq!(after(set_with(3, "name", text("b"), [("ignore-touched", yes())])), [301]);
    let line = with(
        map(["x", "y", "width", "height"].map(|name| (name, Value::Int(1)))),
        [("fills", Value::Vec(vec![]))],
    );
    let mut doc = doc();
    doc.run([add(8, 2, with(shape("text"), [("position-data", Value::Vec(vec![line.clone()]))]))]).unwrap();
    doc.run([set(8, "position-data", Value::Vec(vec![with(line, [("x", Value::Int(9))])]))]).unwrap();
    assert_eq!(newer(&doc), [301]);
}

#[test]
fn the_last_set_of_a_change_decides() {
    let sets = |names: [&str; 2]| {
        let one = |name: &str| map([("type", kw("set")), ("attr", kw(name)), ("val", value_of(name))]);
        modify(3, names.map(one).to_vec())
    };
    assert!(after(sets(["name", "collapsed"])).is_empty());
    assert_eq!(after(sets(["collapsed", "name"])), [301]);
}

fn value_of(name: &str) -> Value {
    if name == "name" { text("b") } else { yes() }
}

#[test]
fn a_mark_stays_for_the_rest_of_the_batch() {
    // The first change dates through 301. It is taken away from the main; the second sets nothing, and finds the mark.
    let mut doc = doc();
    let away = change("mov-objects", [("parent-id", id(0)), ("shapes", ids(&[3]))]);
    let nothing = with(modify(3, vec![]), [("component-id", id(302))]);
    doc.run([set(3, "name", text("b")), away, nothing]).unwrap();
    assert_eq!(newer(&doc), [302]);
    assert!(after(with(modify(3, vec![]), [("component-id", id(302))])).is_empty());
}

#[test]
fn assigning_what_is_there_leaves_the_mark() {
    let assign = |value| map([("type", kw("assign")), ("value", value)]);
    let set = map([("type", kw("set")), ("attr", kw("name")), ("val", text("b"))]);
    let same = assign(map([("name", text("b")), ("width", Value::Int(10))]));
    assert_eq!(after(modify(3, vec![set.clone(), same])), [301]);
    assert!(after(modify(3, vec![set, assign(map([("collapsed", yes())]))])).is_empty());
}

#[test]
fn the_way_up_is_taken_when_all_changes_are_done() {
    let mut doc = doc();
    let moved = change("mov-objects", [("parent-id", id(4)), ("shapes", ids(&[3]))]);
    doc.run([set(3, "name", text("b")), moved]).unwrap();
    assert_eq!(newer(&doc), [302]);
}

#[test]
fn a_shape_that_is_gone_dates_only_a_component_that_was_named() {
    let gone = || change("del-obj", [("id", id(3))]);
    let mut doc = doc();
    doc.run([set(3, "name", text("b")), gone()]).unwrap();
    assert!(newer(&doc).is_empty());
    let mut doc = self::doc();
    doc.run([with(set(3, "name", text("b")), [("component-id", id(303))]), gone()]).unwrap();
    assert_eq!(newer(&doc), [303]);
}

#[test]
fn a_component_that_is_not_there_is_not_dated_and_whose_it_is_does_not_matter() {
    let mut doc = doc();
    doc.run([change("purge-component", [("id", id(301))]), set(3, "name", text("b"))]).unwrap();
    assert_eq!(doc.component(301, "id"), Value::Nil);
    let mut doc = self::doc();
    doc.run([set(1, "component-file", id(9999))]).unwrap();
    doc.run([set(3, "name", text("b"))]).unwrap();
    assert_eq!(newer(&doc), [301]);
}

#[test]
fn adding_deleting_moving_and_measuring_date_nothing() {
    assert!(after(add(8, 2, shape("rect"))).is_empty());
    assert!(after(change("del-obj", [("id", id(3))])).is_empty());
    assert!(after(change("mov-objects", [("parent-id", id(1)), ("shapes", ids(&[3]))])).is_empty());
    assert!(after(change("reg-objects", [("shapes", ids(&[3]))])).is_empty());
}

#[test]
fn reordering_dates_only_a_component_that_was_named() {
    let order = |sent: &[u128]| change("reorder-children", [("parent-id", id(1)), ("shapes", ids(sent))]);
    assert!(after(order(&[6, 4, 2])).is_empty());
    assert_eq!(after(with(order(&[6, 4, 2]), [("component-id", id(302))])), [302]);
    // Without effect nothing is dated.
    assert!(after(with(order(&[2, 4, 6]), [("component-id", id(302))])).is_empty());
}
