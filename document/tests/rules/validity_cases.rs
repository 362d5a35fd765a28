//! For each code the smallest document that has it.

use crate::doc::*;
use crate::scene::*;
use transit::value::Value;

/// Code, shape, field, whether one thing puts it right, and the document.
pub type Case = (&'static str, u128, &'static str, bool, Scene);

fn scene() -> Scene {
    Scene::default()
}

fn rect_() -> Value {
    shape("rect")
}

fn flag(shape: Value, name: &'static str) -> Value {
    with(shape, [(name, Value::Bool(true))])
}

/// The page's root, holding these.
fn root(children: &[u128]) -> Value {
    map([("shapes", ids(children))])
}

pub fn places() -> Vec<Case> {
    let mut thin = rect_();
    thin.take("width");
    let loose = |parent| with(rect_(), [("parent-id", id(parent)), ("frame-id", id(0))]);
    vec![
        ("invalid-geometry", 1, "width", true, scene().shape(1, 0, thin)),
        ("parent-not-found", 1, "parent-id", true, scene().shape(1, 77, loose(77))),
        ("child-not-in-parent", 1, "parent-id", true, scene().shape(0, 0, root(&[])).shape(1, 0, rect_())),
        ("duplicated-children", 0, "shapes", true, scene().shape(0, 0, root(&[1, 1])).shape(1, 0, rect_())),
        ("child-not-found", 0, "shapes", true, scene().shape(0, 0, root(&[1, 9])).shape(1, 0, rect_())),
        (
            "invalid-parent",
            2,
            "parent-id",
            true,
            scene().shape(0, 0, root(&[1])).shape(1, 0, shape("frame")).shape(2, 1, loose(0)),
        ),
        ("frame-not-found", 1, "frame-id", true, scene().shape(1, 0, with(rect_(), [("frame-id", id(77))]))),
        (
            "invalid-frame",
            2,
            "frame-id",
            true,
            scene().shape(1, 0, shape("frame")).shape(2, 1, with(rect_(), [("frame-id", id(0))])),
        ),
    ]
}

pub fn mains() -> Vec<Case> {
    let own = || scene().component(301, of_main(1));
    let without = |mut shape: Value, name: &str| {
        shape.take(name);
        shape
    };
    let elsewhere = with(of_main(1), [("main-instance-page", id(101))]);
    vec![
        (
            "component-not-main",
            1,
            "main-instance",
            true,
            own().shape(1, 0, without(main(301), "main-instance")),
        ),
        (
            "component-main-external",
            1,
            "component-file",
            true,
            own().shape(1, 0, with(main(301), [("component-file", id(2000))])),
        ),
        (
            "invalid-main-instance-id",
            1,
            "component-id",
            true,
            scene().component(301, of_main(55)).shape(1, 0, main(301)),
        ),
        (
            "invalid-main-instance-page",
            1,
            "component-id",
            true,
            scene().component(301, elsewhere).shape(1, 0, main(301)),
        ),
        ("invalid-main-instance", 1, "component-id", false, own().shape(1, 0, copy(301, 5))),
        (
            "component-main",
            2,
            "main-instance",
            true,
            own().shape(1, 0, main(301)).shape(2, 1, flag(rect_(), "main-instance")),
        ),
        (
            "should-be-component-root",
            1,
            "component-root",
            true,
            own().shape(1, 0, without(main(301), "component-root")),
        ),
    ]
}

/// What may not be where it is, or marked as it is, in or beside a main.
pub fn around_mains() -> Vec<Case> {
    let own = || scene().component(301, of_main(1));
    let mut nested = main(302);
    nested.take("component-root");
    let mut group = main(301);
    group.put("type", kw("group"));
    let inner = |more: Value| own().component(302, of_main(2)).shape(1, 0, main(301)).shape(2, 1, more);
    vec![
        (
            "should-not-be-component-root",
            1,
            "component-root",
            true,
            scene().shape(1, 0, flag(rect_(), "component-root")),
        ),
        (
            "shape-ref-in-main",
            1,
            "shape-ref",
            true,
            own().shape(1, 0, with(main(301), [("shape-ref", id(5))])),
        ),
        ("misplaced-slot", 1, "touched", true, scene().shape(1, 0, touched(rect_(), [&slot(5)]))),
        ("root-main-not-allowed", 2, "component-root", false, inner(main(302))),
        ("nested-main-not-allowed", 2, "main-instance", false, inner(nested)),
        (
            "not-head-main-not-allowed",
            1,
            "main-instance",
            true,
            scene().shape(1, 0, flag(rect_(), "main-instance")),
        ),
        ("instance-head-not-frame", 1, "type", true, own().shape(1, 0, group)),
    ]
}

/// Component 301 with main 1, in which there is a copy 2 of component 302 with main 10; component 303 with main 20.
fn three() -> Scene {
    scene()
        .component(301, of_main(1))
        .component(302, of_main(10))
        .component(303, of_main(20))
        .shape(10, 0, main(302))
        .shape(20, 0, main(303))
        .shape(1, 0, main(301))
        .shape(2, 1, nested(302, 10))
}

pub fn copies() -> Vec<Case> {
    let three = || three().shape(3, 0, copy(301, 1));
    let one = || scene().component(301, of_main(1)).shape(1, 0, main(301));
    let swapped = || nested(303, 20);
    let noted = || touched(swapped(), [&slot(2)]);
    let plain = || {
        scene()
            .component(301, of_main(1))
            .component(302, of_main(10))
            .shape(10, 0, main(302))
            .shape(1, 0, main(301))
            .shape(2, 1, shape("frame"))
            .shape(3, 0, copy(301, 1))
    };
    let inside = || {
        scene().component(301, of_main(1)).component(302, of_main(10)).shape(10, 0, main(302)).shape(
            1,
            0,
            main(301),
        )
    };
    vec![
        ("component-not-found", 1, "component-id", true, scene().shape(1, 0, copy(399, 5))),
        (
            "ref-shape-not-found",
            4,
            "shape-ref",
            false,
            one().shape(3, 0, copy(301, 1)).shape(4, 3, follower("rect", 77)),
        ),
        ("ref-shape-is-head", 4, "component-id", true, three().shape(4, 3, follower("frame", 2))),
        ("ref-shape-is-not-head", 4, "shape-ref", true, plain().shape(4, 3, nested(302, 2))),
        ("component-id-mismatch", 4, "component-id", true, three().shape(4, 3, nested(303, 2))),
        ("duplicate-slot", 3, "shapes", false, three().shape(4, 3, noted()).shape(5, 3, noted())),
        ("missing-slot", 4, "touched", true, three().shape(4, 3, swapped())),
        (
            "invalid-text-touched",
            4,
            "touched",
            true,
            one().shape(2, 1, shape("text")).shape(3, 0, copy(301, 1)).shape(
                4,
                3,
                touched(follower("text", 2), ["text-content-text", "name-group"]),
            ),
        ),
        ("root-copy-not-allowed", 2, "component-root", true, inside().shape(2, 1, copy(302, 10))),
        ("nested-copy-not-allowed", 4, "component-root", false, three().shape(4, 0, nested(302, 2))),
        ("not-head-copy-not-allowed", 1, "shape-ref", true, scene().shape(1, 0, follower("rect", 5))),
    ]
}

fn kept(shapes: &[(u128, Value)]) -> Value {
    let placed = |(number, shape): &(u128, Value)| {
        let around = [("parent-id", id(if *number == 1 { 0 } else { 1 })), ("frame-id", id(0))];
        (id(*number), with(shape.clone(), around))
    };
    Value::Map(shapes.iter().map(placed).collect())
}

fn deleted(shapes: &[(u128, Value)]) -> Scene {
    let more = [("deleted", Value::Bool(true)), ("objects", kept(shapes))];
    scene().component(301, with(of_main(1), more))
}

pub fn components() -> Vec<Case> {
    let holding = |children: &[u128]| with(main(301), [("shapes", ids(children))]);
    let noted = || touched(nested(302, 9), [&slot(5)]);
    let live = with(of_main(1), [("objects", kept(&[(1, main(301))]))]);
    vec![
        (
            "non-deleted-component-cannot-have-objects",
            0,
            "objects",
            true,
            scene().component(301, live).shape(1, 0, main(301)),
        ),
        (
            "component-duplicate-slot",
            1,
            "shapes",
            false,
            deleted(&[(1, holding(&[2, 3])), (2, noted()), (3, noted())]),
        ),
        ("shape-ref-cycle", 2, "shape-ref", true, deleted(&[(1, holding(&[2])), (2, follower("rect", 2))])),
        ("not-component-not-allowed", 7, "parent-id", true, deleted(&[(1, holding(&[])), (7, rect_())])),
    ]
}

/// A variant: a main with the name of its container, set apart by its values.
fn variant(component: u128, container: u128, value: &str) -> Value {
    let more = [("variant-id", id(container)), ("variant-name", text(value)), ("name", text("V"))];
    with(main(component), more)
}

fn of_variant(main: u128, container: u128, property: (&str, &str)) -> Value {
    let properties = Value::Vec(vec![map([("name", text(property.0)), ("value", text(property.1))])]);
    with(
        of_main(main),
        [("name", text("V")), ("variant-id", id(container)), ("variant-properties", properties)],
    )
}

pub fn variants() -> Vec<Case> {
    let container =
        || with(shape("frame"), [("is-variant-container", Value::Bool(true)), ("name", text("V"))]);
    let one = |component: Value, variant: Value| {
        scene().component(301, component).shape(1, 0, container()).shape(2, 1, variant)
    };
    let right = || of_variant(2, 1, ("size", "s"));
    vec![
        ("not-a-variant", 2, "variant-id", false, scene().shape(1, 0, container()).shape(2, 1, rect_())),
        (
            "invalid-variant-id",
            2,
            "variant-id",
            false,
            one(of_variant(2, 9, ("size", "s")), variant(301, 9, "s")),
        ),
        (
            "invalid-variant-properties",
            3,
            "variant-properties",
            false,
            one(right(), variant(301, 1, "s")).component(302, of_variant(3, 1, ("other", "s"))).shape(
                3,
                1,
                variant(302, 1, "s"),
            ),
        ),
        (
            "variant-not-main",
            2,
            "main-instance",
            false,
            scene().shape(1, 0, container()).shape(2, 1, with(rect_(), [("variant-id", id(1))])),
        ),
        (
            "parent-not-variant",
            2,
            "parent-id",
            false,
            scene().component(301, of_variant(2, 1, ("size", "s"))).shape(2, 0, variant(301, 1, "s")),
        ),
        (
            "variant-bad-name",
            2,
            "name",
            true,
            one(right(), with(variant(301, 1, "s"), [("name", text("W"))])),
        ),
        ("variant-bad-variant-name", 2, "variant-name", true, one(right(), variant(301, 1, "l"))),
        (
            "variant-component-bad-name",
            2,
            "name",
            false,
            one(with(right(), [("name", text("W"))]), variant(301, 1, "s")),
        ),
        (
            "variant-component-bad-id",
            2,
            "variant-id",
            true,
            one(of_variant(2, 9, ("size", "s")), variant(301, 1, "s")),
        ),
    ]
}
