//! What is wrong between parts: each code by the smallest document that has it, and it alone.

use crate::doc::*;
use crate::scene::*;
use crate::validity_cases::{Case, around_mains, components, copies, mains, places, variants};
use document::part::{Container, OpenPart, PartKey};
use document::validate::{Defect, Finding};
use transit::value::Value;
use uuid::Uuid;

fn told(found: &[Finding]) -> Vec<String> {
    found
        .iter()
        .map(|own| format!("{} {:?} {}", own.defect.code(), own.shape.map(|id| id.as_u128()), own.field))
        .collect()
}

fn assert_alone((code, number, field, is_mended, scene): &Case) {
    let mut doc = scene.doc();
    assert_one(&mut doc, code, *number, field, *is_mended);
}

fn assert_one(doc: &mut Doc, code: &str, number: u128, field: &str, is_mended: bool) {
    let found = check(doc);
    let [only] = found.as_slice() else { panic!("{code}: {:?}", told(&found)) };
    assert_eq!((only.defect.code(), only.field), (code, field), "{:?}", told(&found));
    let place = only.shape.unwrap_or_default().as_u128();
    assert_eq!((place, only.edits.is_empty()), (number, !is_mended), "{code}: {only:?}");
    assert!(only.container != Container::File);
    if is_mended {
        let left = repaired(doc);
        assert!(left.is_empty(), "{code}: {:?} after repair", told(&left));
    }
}

fn all() -> Vec<Case> {
    [places(), mains(), around_mains(), copies(), components(), variants()].into_iter().flatten().collect()
}

#[test]
fn each_code_has_a_document_that_has_it_alone() {
    let all = all();
    all.iter().for_each(assert_alone);
    let nil = Defect::ComponentNilObjectsNotAllowed.code();
    let mut codes: Vec<&str> = all.iter().map(|(code, ..)| *code).chain([nil]).collect();
    codes.sort_unstable();
    let mut known: Vec<&str> = Defect::ALL.iter().map(|(_, code)| *code).collect();
    known.sort_unstable();
    assert_eq!(codes, known);
}

#[test]
fn nil_is_kept_of_no_component() {
    for is_deleted in [false, true] {
        let mut doc = Scene::default().component(301, of_main(1)).shape(1, 0, main(301)).doc();
        let key = PartKey::component(Uuid::from_u128(301));
        let mut part = doc.parts().find(|part| part.key == key).cloned().unwrap();
        let mut value = OpenPart::read(&part).unwrap().unwrap().value().clone();
        value.put("objects", Value::Nil);
        if is_deleted {
            value.put("deleted", Value::Bool(true));
        }
        part.raw = Some(transit::write_plain(&value));
        doc.put(part);
        assert_one(&mut doc, "component-nil-objects-not-allowed", 0, "objects", true);
        let objects = doc.component(301, "objects");
        assert_eq!(objects, if is_deleted { Value::Map(vec![]) } else { Value::Nil });
    }
}

#[test]
fn a_whole_document_has_nothing_wrong() {
    let three = Scene::default()
        .component(301, with(of_main(1), [("annotation", text("a"))]))
        .component(302, of_main(10))
        .component(303, of_main(20))
        .shape(10, 0, main(302))
        .shape(11, 10, shape("text"))
        .shape(20, 0, main(303))
        .shape(1, 0, main(301))
        .shape(2, 1, nested(302, 10))
        .shape(12, 2, follower("text", 11))
        .shape(3, 0, copy(301, 1))
        .shape(4, 3, nested(302, 2))
        .shape(13, 4, follower("text", 12))
        .shape(5, 0, copy(301, 1))
        .shape(6, 5, touched(nested(303, 20), [&slot(2), "name-group"]))
        .shape(7, 5, shape("rect"))
        .shape(8, 0, with(copy(301, 1), [("component-file", id(3000))]))
        .shape(9, 8, follower("rect", 99));
    assert_eq!(told(&check(&three.doc())), Vec::<String>::new());
}

#[test]
fn every_shape_is_looked_at_whatever_way_leads_to_it() {
    let thin = |parent: u128| {
        let mut thin = with(shape("rect"), [("parent-id", id(parent)), ("frame-id", id(0))]);
        thin.take("x");
        thin
    };
    // Frame 1 says it is in group 2, which it holds; 3 is in 1 and held by nobody.
    let mut doc = Scene::default()
        .shape(0, 0, map([("shapes", Value::Vec(vec![]))]))
        .shape(1, 2, with(shape("frame"), [("frame-id", id(1))]))
        .shape(2, 1, shape("group"))
        .shape(3, 9, thin(1))
        .shape(4, 3, thin(3))
        .doc();
    let found = told(&check(&doc));
    let geometry = found.iter().filter(|told| told.starts_with("invalid-geometry")).count();
    assert_eq!(geometry, 2, "{found:?}");
    assert!(
        found.contains(&"invalid-parent Some(2) parent-id".to_owned())
            || found.contains(&"invalid-parent Some(1) parent-id".to_owned()),
        "{found:?}"
    );
    assert_eq!(told(&repaired(&mut doc)), Vec::<String>::new());
}

#[test]
fn who_holds_a_shape_that_nobody_else_holds_is_its_parent() {
    let held = |holders: &[u128]| {
        let stray = with(shape("rect"), [("parent-id", id(0)), ("frame-id", id(0))]);
        let root = map([("shapes", ids(holders))]);
        let scene = Scene::default().shape(0, 0, root).shape(1, 0, shape("frame")).shape(2, 1, stray);
        let mut doc = scene.doc();
        assert!(repaired(&mut doc).is_empty());
        (doc.get(2, "parent-id"), doc.get(2, "frame-id"), doc.children(0), doc.children(1))
    };
    assert_eq!(held(&[1]), (id(1), id(1), vec![1], vec![2]));
    assert_eq!(held(&[1, 2]), (id(0), id(0), vec![1, 2], vec![]));
}

#[test]
fn two_mains_of_one_component_are_for_somebody_to_decide() {
    let elsewhere = Scene::default().component(301, of_main(1)).shape(1, 0, main(301)).shape(2, 0, main(301));
    let mut doc = elsewhere.doc();
    let found = check(&doc);
    assert_eq!((told(&found)[0].as_str(), found.len()), ("invalid-main-instance-id Some(2) component-id", 1));
    assert!(found[0].edits.is_empty());
    assert_eq!(told(&repaired(&mut doc)), ["invalid-main-instance-id Some(2) component-id"]);
    // The other one on another page, under the same id.
    let page = with(of_main(1), [("main-instance-page", id(101))]);
    let mut doc = Scene::default().component(301, page).shape(1, 0, main(301)).doc();
    let here = PartKey::shape(Container::Page(Uuid::from_u128(100)), Uuid::from_u128(1));
    let mut other = doc.parts().find(|part| part.key == here).cloned().unwrap();
    other.key = PartKey::shape(Container::Page(Uuid::from_u128(101)), Uuid::from_u128(1));
    doc.put(other);
    let found = told(&check(&doc));
    assert!(found.contains(&"component-main Some(1) main-instance".to_owned()), "{found:?}");
}

#[test]
fn a_marked_copy_is_a_copy_and_a_copy_of_nothing_keeps_what_else_it_holds() {
    let marked = with(copy(301, 1), [("main-instance", Value::Bool(true))]);
    let mut doc =
        Scene::default().component(301, of_main(1)).shape(1, 0, main(301)).shape(2, 0, marked).doc();
    assert_eq!(told(&check(&doc)), ["component-not-main Some(2) main-instance"]);
    assert!(repaired(&mut doc).is_empty());
    // Where its component has no other main it is the main.
    let marked = with(copy(301, 1), [("main-instance", Value::Bool(true))]);
    let doc = Scene::default().component(301, of_main(55)).shape(2, 0, marked).doc();
    let found = told(&check(&doc));
    assert_eq!(
        found,
        ["invalid-main-instance-id Some(2) component-id", "shape-ref-in-main Some(2) shape-ref"]
    );
    let mut doc = Scene::default()
        .component(301, of_main(1))
        .shape(1, 0, main(301))
        .shape(2, 0, copy(399, 7))
        .shape(3, 2, follower("frame", 8))
        .shape(4, 0, copy(398, 7))
        .shape(5, 4, nested(301, 1))
        .doc();
    let found = told(&check(&doc));
    assert_eq!(
        found,
        ["component-not-found Some(2) component-id", "component-not-found Some(4) component-id"]
    );
    let left = told(&repaired(&mut doc));
    assert_eq!(left, ["component-not-found Some(4) component-id"]);
    assert_eq!((doc.get(2, "component-id"), doc.get(3, "shape-ref")), (Value::Nil, Value::Nil));
}

#[test]
fn a_copy_that_follows_what_the_main_follows_comes_to_follow_the_main() {
    let mut doc = Scene::default()
        .component(301, of_main(1))
        .component(302, of_main(10))
        .shape(10, 0, main(302))
        .shape(11, 10, shape("rect"))
        .shape(1, 0, main(301))
        .shape(2, 1, nested(302, 10))
        .shape(12, 2, follower("rect", 11))
        .shape(3, 0, copy(301, 1))
        .shape(4, 3, touched(nested(302, 2), []))
        .shape(13, 4, follower("rect", 99))
        .doc();
    assert_eq!(told(&check(&doc)), ["ref-shape-not-found Some(13) shape-ref"]);
    doc.run([set(12, "shape-ref", id(99))]).unwrap();
    let found = check(&doc);
    assert_eq!(told(&found).len(), 2, "{:?}", told(&found));
    assert_eq!((found[0].edits.len(), found[1].edits.len()), (0, 1));
}

#[test]
fn a_change_of_a_component_keeps_what_would_go_with_it() {
    let component = with(
        of_main(55),
        [("annotation", text("a")), ("objects", Value::Map(vec![(Value::Nil, Value::Int(1))]))],
    );
    let mut doc = Scene::default().component(301, component.clone()).shape(1, 0, main(301)).doc();
    let left = told(&repaired(&mut doc));
    assert_eq!(
        left,
        [
            "non-deleted-component-cannot-have-objects None objects",
            "invalid-main-instance-id Some(1) component-id"
        ]
    );
    let mut free = component;
    free.take("objects");
    let mut doc = Scene::default().component(301, free).shape(1, 0, main(301)).doc();
    assert!(repaired(&mut doc).is_empty());
    assert_eq!(
        (doc.component(301, "annotation"), doc.component(301, "main-instance-id")),
        (text("a"), id(1))
    );
}
