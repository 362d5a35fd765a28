//! Sets of tokens: their names, groups and order.

use crate::doc::*;
use crate::tokens::{attributes, pairs, set_of, sets, token};
use transit::value::Value;

/// Sets 1, 2, 3 … of these names.
fn doc(names: &str) -> Doc {
    let mut doc = Doc::new();
    for (number, name) in (1..).zip(names.split(' ')) {
        doc.run([set_of(number, name)]).unwrap();
    }
    doc
}

fn order(doc: &Doc) -> String {
    sets(doc).into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}

fn path(name: &str) -> Value {
    Value::Vec(name.split('/').map(text).collect())
}

fn moved(kind: &str, from: &str, to: &str, before: Option<(&str, bool)>) -> Value {
    let change = change(kind, [("from-path", path(from)), ("to-path", path(to))]);
    match before {
        Some((name, group)) => {
            with(change, [("before-path", path(name)), ("before-group", Value::Bool(group))])
        }
        None => with(change, [("before-path", Value::Nil), ("before-group", Value::Nil)]),
    }
}

fn move_set(from: &str, to: &str, before: Option<(&str, bool)>) -> Value {
    moved("move-token-set", from, to, before)
}

fn move_group(from: &str, to: &str, before: Option<(&str, bool)>) -> Value {
    moved("move-token-set-group", from, to, before)
}

fn rename(group: &str, name: &str) -> Value {
    change("rename-token-set-group", [("set-group-path", path(group)), ("set-group-fname", text(name))])
}

/// A theme with these sets, dated long ago.
fn theme(names: &[&str]) -> Value {
    let sets = Value::Set(names.iter().map(|name| text(name)).collect());
    let attrs =
        map([("id", id(50)), ("name", text("t")), ("sets", sets), ("modified-at", Value::Instant(4))]);
    change("set-token-theme", [("id", id(50)), ("attrs", attrs)])
}

/// The sets of the theme, and whether it was dated.
fn themed(doc: &Doc) -> (Vec<String>, bool) {
    let groups = pairs(&doc.at(&[kw("tokens-lib"), kw("themes")]));
    let all: Vec<_> = groups.iter().flat_map(|(_, themes)| pairs(themes)).collect();
    let (_, theme) = all.iter().find(|(name, _)| name == "t").unwrap();
    let mut sets: Vec<String> = theme
        .get("sets")
        .unwrap()
        .items()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    sets.sort();
    (sets, theme.get("modified-at") == Some(&NOW))
}

#[test]
fn a_new_set_is_the_last_of_its_group() {
    assert_eq!(order(&doc("a g/x b g/y g/h/z a/b")), "a g/x g/y g/h/z b a/b");
}

#[test]
fn a_set_is_replaced_whole() {
    let mut doc = doc("a b");
    doc.run([token(1, 11, "x")]).unwrap();
    let kept = Value::tagged("penpot/token", attributes(12, "y"));
    let tokens = Value::tagged("ordered-map", Value::Vec(vec![Value::Vec(vec![text("y"), kept])]));
    let attrs =
        map([("id", id(1)), ("name", text("a")), ("tokens", tokens), ("modified-at", Value::Instant(4))]);
    doc.run([change("set-token-set", [("id", id(1)), ("attrs", attrs)])]).unwrap();
    let (_, set) = sets(&doc).remove(0);
    assert_eq!(pairs(set.get("tokens").unwrap()).len(), 1);
    assert_eq!((set.get("modified-at"), set.get("description")), (Some(&Value::Instant(4)), Some(&text(""))));
}

#[test]
fn a_renamed_set_keeps_its_place_and_themes_follow() {
    let mut doc = doc("a b c");
    doc.run([theme(&["b", "c"]), set_of(2, "d")]).unwrap();
    assert_eq!(order(&doc), "a d c");
    assert_eq!(themed(&doc), (vec!["c".to_owned(), "d".to_owned()], true));
}

#[test]
fn a_set_in_another_group_takes_the_group_to_its_place_and_an_emptied_one_goes() {
    let mut doc = doc("g/x a h/y");
    doc.run([set_of(1, "h/x")]).unwrap();
    assert_eq!(order(&doc), "h/y h/x a");
    // The whole group goes along; in it the set goes before one of the old name.
    doc.run([set_of(4, "k/x"), set_of(4, "h/z/x")]).unwrap();
    assert_eq!(order(&doc), "a h/y h/z/x h/x");
}

#[test]
fn a_set_is_never_overwritten_by_another() {
    let mut doc = doc("a b g/x h/x g/k/y");
    let taken = "attrs.name should be free: there is a set of that name";
    assert!(doc.refused([set_of(9, "a")]).ends_with(taken));
    assert!(doc.refused([set_of(2, "a")]).ends_with(taken));
    let taken = "to-path should be free: something of that name is there";
    assert!(doc.refused([move_set("a", "b", None)]).ends_with(taken));
    assert!(doc.refused([move_group("g", "h", None)]).ends_with(taken));
    assert!(doc.refused([rename("g", "h")]).contains("set-group-fname should be free"));
    // A group may have the name of a set.
    assert_eq!(doc.run([set_of(9, "a/b"), rename("g", "b")]), Ok(()));
    assert_eq!(order(&doc), "a b b/x b/k/y h/x a/b");
}

#[test]
fn a_deleted_set_leaves_every_theme_and_dates_all_of_them() {
    let mut doc = doc("a g/x");
    let gone = |number| change("set-token-set", [("id", id(number)), ("attrs", Value::Nil)]);
    doc.run([theme(&["a"]), gone(9)]).unwrap();
    assert_eq!(themed(&doc), (vec!["a".to_owned()], false));
    doc.run([gone(2)]).unwrap();
    assert_eq!((order(&doc), themed(&doc)), ("a".to_owned(), (vec!["a".to_owned()], true)));
    doc.run([gone(1)]).unwrap();
    assert_eq!((order(&doc), themed(&doc).0.len()), (String::new(), 0));
}

#[test]
fn a_renamed_group_renames_its_sets_at_its_place() {
    let mut doc = doc("a g/x g/h/y b k/z");
    doc.run([theme(&["g/h/y"]), rename("g", "l")]).unwrap();
    assert_eq!(order(&doc), "a l/x l/h/y b k/z");
    assert_eq!(themed(&doc), (vec!["l/h/y".to_owned()], true));
    // A group of that name comes along.
    doc.run([rename("l/h", "m"), rename("l", "k"), rename("gone", "x")]).unwrap();
    assert_eq!(order(&doc), "a k/z k/x k/m/y b");
    assert!(doc.refused([rename("k", " / ")]).contains("set-group-fname should be more than blanks"));
}

#[test]
fn a_moved_set_goes_before_another_or_to_the_end() {
    let mut doc = doc("a b c g/x g/y");
    doc.run([move_set("c", "c", Some(("a", false)))]).unwrap();
    assert_eq!(order(&doc), "c a b g/x g/y");
    doc.run([move_set("c", "c", Some(("g", true)))]).unwrap();
    assert_eq!(order(&doc), "a b c g/x g/y");
    doc.run([move_set("a", "a", None)]).unwrap();
    assert_eq!(order(&doc), "b c g/x g/y a");
    doc.run([theme(&["b"]), move_set("b", "g/b", Some(("g/y", false)))]).unwrap();
    assert_eq!((order(&doc), themed(&doc)), ("c g/x g/b g/y a".into(), (vec!["g/b".to_owned()], true)));
    doc.run([move_set("g/x", "x", Some(("nowhere", false))), move_set("nowhere", "q", None)]).unwrap();
    assert_eq!(order(&doc), "c g/b g/y a x");
}

#[test]
fn a_moved_group_takes_its_sets_along_and_themes_follow_without_a_date() {
    let mut doc = doc("g/x g/h/y a k/z");
    doc.run([theme(&["g/h/y", "a"]), move_group("g/h", "k/h", Some(("k/z", false)))]).unwrap();
    assert_eq!(order(&doc), "g/x a k/h/y k/z");
    assert_eq!(themed(&doc), (vec!["a".to_owned(), "k/h/y".to_owned()], false));
    doc.run([move_group("k", "k", Some(("g", true)))]).unwrap();
    assert_eq!(order(&doc), "k/h/y k/z g/x a");
    doc.run([move_group("k", "k", None)]).unwrap();
    assert_eq!(order(&doc), "g/x a k/h/y k/z");
    assert!(doc.refused([move_group("k", "k/h/k", None)]).contains("to-path should not be inside the group"));
}

#[test]
fn what_is_wrong_with_a_set_is_told_by_its_field() {
    let mut doc = doc("a");
    for (name, reason) in [
        ("", "name should be text that is not blank"),
        ("a / b", "name should have no blanks around its parts, and no empty ones"),
        ("a//b", "name should have no blanks"),
        (&vec!["a"; 17].join("/"), "name should have at most 1000 characters and 16 parts"),
    ] {
        let told = doc.refused([set_of(2, name)]);
        assert!(told.starts_with(&format!("change 0 (set-token-set): attrs.{reason}")), "{told}");
    }
    let tokens = |tokens: Value| {
        let attrs = map([("id", id(2)), ("name", text("b")), ("tokens", tokens)]);
        change("set-token-set", [("id", id(2)), ("attrs", attrs)])
    };
    let mut nameless = attributes(11, "x");
    nameless.take("name");
    let told = doc.refused([tokens(Value::Map(vec![(text("x"), nameless)]))]);
    assert_eq!(told, "change 0 (set-token-set): attrs.tokens.x.name should be there");
    let twice = Value::Vec(vec![attributes(11, "x"), attributes(12, "x")]);
    assert!(doc.refused([tokens(twice)]).ends_with("attrs.tokens.1 should have a name of its own"));
    for to in ["", "a/ b", "a//b"] {
        let told = doc.refused([move_set("a", to, None)]);
        assert!(told.contains("to-path.") && told.contains("should be one part of a name"), "{told}");
    }
    assert!(
        doc.refused([move_set("a", &vec!["a"; 17].join("/"), None)]).contains("to-path should have at most")
    );
}
