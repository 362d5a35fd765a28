//! Order of children and of pages.

use crate::doc::*;
use transit::value::Value;

/// Three shapes in frame 1, a fourth beside it.
fn doc() -> Doc {
    Doc::after([
        add(1, 0, shape("frame")),
        add(2, 1, shape("rect")),
        add(3, 1, shape("rect")),
        add(4, 1, shape("rect")),
        add(5, 0, shape("rect")),
    ])
}

fn moved<const N: usize>(shapes: &[u128], more: [(&str, Value); N]) -> Value {
    with(change("mov-objects", [("parent-id", id(1)), ("shapes", ids(shapes))]), more)
}

fn at(index: i64) -> [(&'static str, Value); 1] {
    [("index", Value::Int(index))]
}

#[test]
fn an_index_below_zero_is_the_start_and_one_past_the_end_the_end() {
    for (index, children) in [(-5, [6, 2, 3, 4]), (1, [2, 6, 3, 4]), (99, [2, 3, 4, 6])] {
        let mut doc = doc();
        doc.run([with(add(6, 1, shape("rect")), at(index))]).unwrap();
        assert_eq!(doc.children(1), children);
    }
    let mut doc = doc();
    doc.run([with(add(6, 1, shape("rect")), [("index", Value::Nil)])]).unwrap();
    assert_eq!(doc.children(1), [2, 3, 4, 6]);
}

#[test]
fn an_index_counts_places_before_removal_and_a_double_without_fraction_is_one() {
    let mut doc = doc();
    doc.run([moved(&[2], [("index", Value::Float(2.0))])]).unwrap();
    assert_eq!(doc.children(1), [3, 2, 4]);
    assert!(
        doc.refused([moved(&[2], [("index", Value::Float(1.5))])]).contains("index should be an integer")
    );
}

#[test]
fn a_shape_to_go_behind_wins_over_the_index_where_it_is_found() {
    let mut doc = doc();
    doc.run([moved(&[5], [("index", Value::Int(0)), ("after-shape", id(3))])]).unwrap();
    assert_eq!(doc.children(1), [2, 3, 5, 4]);
    doc.run([moved(&[5], [("index", Value::Int(0)), ("after-shape", id(77))])]).unwrap();
    assert_eq!(doc.children(1), [5, 2, 3, 4]);
}

#[test]
fn a_shape_that_is_named_twice_counts_once() {
    let mut doc = doc();
    doc.run([moved(&[5, 5], at(1))]).unwrap();
    assert_eq!(doc.children(1), [2, 5, 3, 4]);
    doc.run([moved(&[3, 3], [])]).unwrap();
    assert_eq!(doc.children(1), [2, 5, 3, 4]);
}

#[test]
fn reordering_is_stable_puts_what_is_not_named_first_and_counts_the_first_place() {
    let mut doc = doc();
    let order = |shapes: &[u128]| change("reorder-children", [("parent-id", id(1)), ("shapes", ids(shapes))]);
    doc.run([order(&[4, 2, 4, 77])]).unwrap();
    assert_eq!(doc.children(1), [3, 4, 2]);
    doc.run([order(&[])]).unwrap();
    assert_eq!(doc.children(1), [3, 4, 2]);
}

#[test]
fn what_has_no_children_cannot_be_reordered_or_repaired() {
    let mut doc = doc();
    let order = |parent| change("reorder-children", [("parent-id", id(parent)), ("shapes", ids(&[2]))]);
    let fix = |number| change("fix-obj", [("id", id(number))]);
    doc.run([order(2), order(77), fix(2), fix(77)]).unwrap();
    assert_eq!(doc.get(2, "shapes"), Value::Nil);
}

#[test]
fn repairing_drops_children_that_do_not_exist() {
    let mut doc = doc();
    doc.run([set(1, "shapes", ids(&[9, 2, 8, 3, 4])), change("fix-obj", [("id", id(1))])]).unwrap();
    assert_eq!(doc.children(1), [2, 3, 4]);
    let refusal = doc.run([change("fix-obj", [("id", id(1)), ("fix", kw("other"))])]).unwrap_err();
    assert_eq!(refusal.code().as_str(), "fix-not-implemented");
}

#[test]
fn a_listed_child_that_is_added_again_keeps_its_place_and_is_replaced() {
    let mut doc = doc();
    doc.run([with(add(2, 1, with(shape("rect"), [("name", text("again"))])), at(2))]).unwrap();
    assert_eq!((doc.children(1), doc.get(2, "name")), (vec![2, 3, 4], text("again")));
}
