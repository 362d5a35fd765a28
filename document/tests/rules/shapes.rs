//! Adding, changing, moving and deleting shapes.

use crate::doc::*;
use transit::value::Value;

fn moved(target: u128, shapes: &[u128]) -> Value {
    change("mov-objects", [("parent-id", id(target)), ("shapes", ids(shapes))])
}

#[test]
fn a_parent_that_is_not_there_is_the_root() {
    let mut doc = Doc::new();
    doc.run([change("add-obj", [("id", id(1)), ("frame-id", id(77)), ("obj", shape("rect"))])]).unwrap();
    assert_eq!((doc.get(1, "parent-id"), doc.get(1, "frame-id"), doc.children(0)), (id(0), id(0), vec![1]));
}

#[test]
fn a_container_that_is_not_there_makes_every_change_of_shapes_do_nothing() {
    let mut doc = Doc::after([add(1, 0, shape("frame"))]);
    let before = doc.data();
    for at in [[("page-id", id(199))], [("component-id", id(399))], [("other", Value::Nil)]] {
        for name in
            ["add-obj", "mod-obj", "del-obj", "fix-obj", "mov-objects", "reorder-children", "reg-objects"]
        {
            let fields = [
                ("id", id(1)),
                ("frame-id", id(0)),
                ("parent-id", id(1)),
                ("shapes", ids(&[1])),
                ("obj", shape("rect")),
                ("operations", Value::Vec(vec![])),
            ];
            let mut sent = with(change(name, fields), at.clone());
            if at[0].0 != "page-id" {
                sent.take("page-id");
            }
            doc.run([sent]).unwrap();
        }
    }
    assert!(doc.data().same(&before));
}

#[test]
fn a_container_without_root_takes_no_shape_whose_parent_is_not_there() {
    let fields = [
        ("id", id(301)),
        ("name", text("c")),
        ("path", text("")),
        ("main-instance-id", id(1)),
        ("main-instance-page", id(100)),
    ];
    let mut doc = Doc::after([change("add-component", fields)]);
    let added = [("component-id", id(301)), ("id", id(1)), ("frame-id", id(0)), ("obj", shape("rect"))];
    assert!(doc.refused([change("add-obj", added)]).starts_with("change 0 (add-obj): parent-id"));
}

#[test]
fn the_root_is_not_deleted_moved_or_replaced_and_stays_what_it_is() {
    let mut doc = Doc::after([add(1, 0, shape("frame"))]);
    assert!(doc.refused([change("del-obj", [("id", id(0))])]).contains("id should not be the root"));
    assert!(doc.refused([moved(1, &[0])]).contains("shapes should not hold the root"));
    assert!(doc.refused([add(0, 1, shape("frame"))]).contains("id should not be the root"));
    assert!(doc.refused([set(0, "parent-id", id(1))]).contains("parent-id should stay the root"));
    assert!(doc.refused([set(0, "type", kw("group"))]).contains("type should stay frame"));
}

#[test]
fn a_shape_that_comes_to_be_inside_itself_is_refused() {
    let mut doc =
        Doc::after([add(1, 0, shape("frame")), add(2, 1, shape("frame")), add(3, 2, shape("frame"))]);
    for way in [
        set(1, "parent-id", id(3)),
        set(1, "parent-id", id(1)),
        set(3, "shapes", ids(&[1])),
        set(3, "shapes", ids(&[3])),
        add(1, 3, shape("frame")),
        add(4, 3, with(shape("frame"), [("shapes", ids(&[1]))])),
    ] {
        assert!(doc.refused([way.clone()]).contains("inside"), "{way:?}");
    }
}

#[test]
fn moving_a_shape_into_itself_does_nothing_at_all() {
    let mut doc =
        Doc::after([add(1, 0, shape("frame")), add(2, 1, shape("frame")), add(3, 0, shape("rect"))]);
    let before = doc.data();
    doc.run([moved(2, &[3, 1]), moved(1, &[1]), moved(77, &[3]), moved(2, &[3, 77])]).unwrap();
    assert!(doc.data().same(&before));
}

#[test]
fn a_moved_shape_takes_what_is_below_it_into_the_frame_but_not_what_its_frames_hold() {
    let mut doc = Doc::after([
        add(1, 0, shape("frame")),
        add(2, 0, shape("group")),
        add(3, 2, shape("rect")),
        add(4, 2, shape("frame")),
        with(add(5, 4, shape("rect")), [("frame-id", id(4))]),
    ]);
    doc.run([moved(1, &[2])]).unwrap();
    let frames = [2, 3, 4, 5].map(|number| doc.get(number, "frame-id"));
    assert_eq!(frames, [id(1), id(1), id(1), id(4)]);
    assert_eq!((doc.children(0), doc.children(1), doc.get(2, "parent-id")), (vec![1], vec![2], id(1)));
}

#[test]
fn copies_are_not_altered_by_moving_unless_the_change_says_so() {
    let copy = with(shape("frame"), [("shape-ref", id(50))]);
    let mut doc = Doc::after([add(1, 0, copy), add(2, 0, shape("rect"))]);
    doc.run([moved(1, &[2])]).unwrap();
    assert_eq!(doc.get(2, "parent-id"), id(0));
    doc.run([with(moved(1, &[2]), [("allow-altering-copies", Value::Bool(true))])]).unwrap();
    assert_eq!(doc.get(2, "parent-id"), id(1));
    doc.run([moved(0, &[2])]).unwrap();
    assert_eq!(doc.get(2, "parent-id"), id(1));
}

#[test]
fn a_component_does_not_come_to_be_inside_itself() {
    let head = || with(shape("frame"), [("component-id", id(301))]);
    let mut doc = Doc::after([
        add(1, 0, head()),
        add(2, 1, shape("frame")),
        add(3, 0, shape("group")),
        add(4, 3, head()),
    ]);
    doc.run([moved(2, &[3])]).unwrap();
    assert_eq!(doc.get(3, "parent-id"), id(0));
}

#[test]
fn the_id_of_a_shape_is_its_key() {
    let mut doc = Doc::after([add(1, 0, with(shape("rect"), [("id", id(9))]))]);
    assert_eq!(doc.get(1, "id"), id(1));
    assert!(doc.refused([set(1, "id", id(2))]).contains("operations.0.val should not change"));
    doc.run([set(1, "id", id(1))]).unwrap();
}

#[test]
fn the_first_invalid_shape_ends_the_batch_even_if_it_is_mended_later() {
    let mut doc = Doc::after([add(1, 0, shape("rect"))]);
    let refusal =
        doc.refused([set(1, "name", text("b")), set(1, "x", text("wide")), set(1, "x", Value::Int(1))]);
    assert_eq!(refusal, "change 1 (mod-obj): x should be a number between -2147483648 and 2147483647");
    assert!(
        doc.refused([set(1, "selrect", Value::Nil), change("del-obj", [("id", id(1))])]).contains("selrect")
    );
    let bad = with(shape("rect"), [("fills", Value::Vec(vec![map([("fill-color", text("red"))])]))]);
    let refusal = doc.run([add(2, 0, bad)]).unwrap_err();
    assert_eq!(
        (refusal.fault.field.as_str(), refusal.code().as_str()),
        ("obj.fills.0.fill-color", "params-validation")
    );
    let refusal = doc.run([set(1, "x", Value::Float(f64::NAN))]).unwrap_err();
    assert_eq!(refusal.code().as_str(), "data-validation");
}

#[test]
fn a_nil_takes_an_attribute_away_and_is_never_stored() {
    let mut doc = Doc::after([add(1, 0, with(shape("rect"), [("flip-x", Value::Nil), ("odd", Value::Nil)]))]);
    doc.run([set(1, "flip-y", Value::Bool(true))]).unwrap();
    let assign = map([("type", kw("assign")), ("value", map([("flip-y", Value::Nil), ("odd", Value::Nil)]))]);
    doc.run([modify(1, vec![assign])]).unwrap();
    let own = doc.at(&[kw("pages-index"), id(100), kw("objects"), id(1)]);
    assert!(own.entries().iter().all(|(_, value)| !value.is_nil()));
    assert_eq!(own.get("flip-y"), None);
}

#[test]
fn assigning_sets_what_differs_exactly_and_never_the_type() {
    let mut doc = Doc::after([add(1, 0, shape("rect"))]);
    let value = map([("x", Value::Float(0.0)), ("type", kw("circle")), ("name", text("b"))]);
    doc.run([modify(1, vec![map([("type", kw("assign")), ("value", value)])])]).unwrap();
    assert_eq!(
        (doc.get(1, "x"), doc.get(1, "type"), doc.get(1, "name")),
        (Value::Float(0.0), kw("rect"), text("b"))
    );
}

#[test]
fn deleting_takes_all_below_and_leaves_what_names_it_elsewhere() {
    let interaction =
        map([("event-type", kw("click")), ("action-type", kw("navigate")), ("destination", id(2))]);
    let naming = with(shape("rect"), [("interactions", Value::Vec(vec![interaction]))]);
    let mut doc = Doc::after([
        add(1, 0, shape("frame")),
        add(2, 1, shape("frame")),
        add(3, 2, naming.clone()),
        add(4, 0, naming),
    ]);
    let kept = doc.get(4, "interactions");
    doc.run([change("del-obj", [("id", id(1))]), change("del-obj", [("id", id(1))])]).unwrap();
    assert_eq!((doc.get(3, "id"), doc.children(0), doc.get(4, "interactions")), (Value::Nil, vec![4], kept));
}
