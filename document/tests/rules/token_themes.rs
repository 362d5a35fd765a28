//! Themes, which of them are active, and what is active in the file.

use crate::doc::*;
use crate::tokens::{pairs, set_of};
use transit::value::Value;

const HIDDEN: &str = "__PENPOT__HIDDEN__TOKEN__THEME__";

fn theme(number: u128, group: &str, name: &str, sets: &[&str]) -> Value {
    let sets = Value::Set(sets.iter().map(|name| text(name)).collect());
    let attrs = map([("id", id(number)), ("group", text(group)), ("name", text(name)), ("sets", sets)]);
    change("set-token-theme", [("id", id(number)), ("attrs", attrs)])
}

fn gone(number: u128) -> Value {
    change("set-token-theme", [("id", id(number)), ("attrs", Value::Nil)])
}

fn activate(paths: &[&str]) -> Value {
    let paths = Value::Set(paths.iter().map(|path| text(path)).collect());
    change("set-active-token-themes", [("theme-paths", paths)])
}

/// Sets 1, 2, 3 named a, b, c; themes 51 m/n, 52 m/o, 53 p/n.
fn doc() -> Doc {
    Doc::after([
        set_of(1, "a"),
        set_of(2, "b"),
        set_of(3, "c"),
        theme(51, "m", "n", &["a"]),
        theme(52, "m", "o", &["a", "b"]),
        theme(53, "p", "n", &["c"]),
    ])
}

/// Themes in order, as group/name=number.
fn order(doc: &Doc) -> String {
    let themes = |(group, themes): (String, Value)| {
        pairs(&themes).into_iter().map(move |(name, theme)| {
            assert!(matches!(&theme, Value::Tagged(tag, _) if tag == "penpot/token-theme"));
            assert_eq!((theme.get("group"), theme.get("name")), (Some(&text(&group)), Some(&text(&name))));
            let number = theme.get("id").and_then(Value::as_uuid).unwrap().as_u128();
            format!("{group}/{name}={number}").replace(HIDDEN, "hidden")
        })
    };
    let groups = pairs(&doc.at(&[kw("tokens-lib"), kw("themes")]));
    groups.into_iter().flat_map(themes).collect::<Vec<_>>().join(" ")
}

fn theme_of(doc: &Doc, group: &str, name: &str) -> Value {
    let groups = pairs(&doc.at(&[kw("tokens-lib"), kw("themes")]));
    let (_, themes) = groups.into_iter().find(|(own, _)| own == group).unwrap();
    pairs(&themes).into_iter().find(|(own, _)| own == name).unwrap().1
}

fn active(doc: &Doc) -> Value {
    doc.at(&[kw("tokens-lib"), kw("active-themes")])
}

/// The themes and sets that the file says are active.
fn status(doc: &Doc) -> (Vec<u128>, Vec<u128>) {
    let numbers = |name: &str| {
        let ids = doc.at(&[kw("tokens-status"), kw(name)]);
        let mut ids: Vec<u128> =
            ids.items().unwrap().iter().map(|id| id.as_uuid().unwrap().as_u128()).collect();
        ids.sort_unstable();
        ids
    };
    (numbers("active-theme-ids"), numbers("active-set-ids"))
}

#[test]
fn a_new_theme_has_what_was_not_sent_and_is_the_last_of_its_group() {
    let doc = doc();
    assert_eq!(order(&doc), "/hidden=0 m/n=51 m/o=52 p/n=53");
    let theme = theme_of(&doc, "m", "n");
    let of = ["description", "is-source", "external-id", "modified-at"]
        .map(|name| theme.get(name).cloned().unwrap());
    assert_eq!(of, [text(""), Value::Bool(false), text("00000000-0000-0000-0000-000000000033"), NOW]);
}

#[test]
fn a_changed_theme_keeps_what_is_not_sent_and_is_dated_only_by_a_difference() {
    let mut doc = doc();
    let attrs = map([("id", id(51)), ("group", text("m")), ("name", text("n"))]);
    let change = |more| change("set-token-theme", [("id", id(51)), ("attrs", with(attrs.clone(), [more]))]);
    doc.run([change(("odd", Value::Int(1)))]).unwrap();
    doc.run([change(("sets", Value::Set(vec![text(" a ")])))]).unwrap();
    let theme = theme_of(&doc, "m", "n");
    assert_eq!(
        (theme.get("odd"), theme.get("sets")),
        (Some(&Value::Int(1)), Some(&Value::Set(vec![text("a")])))
    );
}

#[test]
fn a_renamed_theme_keeps_its_place_and_is_not_active_any_more() {
    let mut doc = doc();
    doc.run([activate(&["m/n", "p/n"]), theme(51, "m", "q", &["a"])]).unwrap();
    assert_eq!(
        (order(&doc), active(&doc)),
        ("/hidden=0 m/q=51 m/o=52 p/n=53".into(), Value::Set(vec![text("p/n")]))
    );
    // Of a taken name: it takes that one's place away.
    doc.run([theme(51, "m", "o", &[])]).unwrap();
    assert_eq!(order(&doc), "/hidden=0 m/o=51 p/n=53");
}

#[test]
fn a_theme_in_another_group_takes_that_group_to_its_own() {
    let mut doc = doc();
    doc.run([theme(52, "q", "o", &[])]).unwrap();
    assert_eq!(order(&doc), "/hidden=0 q/o=52 m/n=51 p/n=53");
    doc.run([theme(52, "p", "o", &[])]).unwrap();
    assert_eq!(order(&doc), "/hidden=0 p/n=53 p/o=52 m/n=51");
    // Before the one there of the name it had; the same name replaces.
    doc.run([theme(51, "p", "first", &[])]).unwrap();
    assert_eq!(order(&doc), "/hidden=0 p/first=51 p/n=53 p/o=52");
    doc.run([theme(60, "z", "n", &[]), theme(60, "p", "n", &[])]).unwrap();
    assert_eq!(order(&doc), "/hidden=0 p/first=51 p/n=60 p/o=52");
}

#[test]
fn a_deleted_theme_is_not_active_and_the_hidden_one_is_made_anew() {
    let mut doc = doc();
    doc.run([activate(&["m/n"]), gone(51), gone(53), gone(99)]).unwrap();
    assert_eq!((order(&doc), active(&doc)), ("/hidden=0 m/o=52".into(), Value::Set(vec![])));
    doc.run([theme(0, "", HIDDEN, &["a"]), gone(0)]).unwrap();
    assert_eq!(order(&doc), "m/o=52 /hidden=0");
    assert_eq!(theme_of(&doc, "", HIDDEN).get("sets"), Some(&Value::Set(vec![])));
}

#[test]
fn the_hidden_theme_stays_what_it_is_and_no_other_takes_its_place() {
    let mut doc = doc();
    assert!(doc.refused([theme(0, "m", HIDDEN, &[])]).ends_with("attrs.name should stay what it is"));
    assert!(
        doc.refused([theme(54, "", HIDDEN, &[])]).ends_with("attrs.name should be another: clients hide it")
    );
    assert!(
        doc.refused([theme(51, "", HIDDEN, &[])]).ends_with("attrs.name should be another: clients hide it")
    );
}

#[test]
fn themes_that_are_made_active_by_paths_are_active_in_the_file_too() {
    let mut doc = doc();
    assert_eq!(status(&doc), (vec![], vec![]));
    doc.run([activate(&["m/o", "gone/x"])]).unwrap();
    assert_eq!(active(&doc), Value::Set(vec![text("m/o"), text("gone/x")]));
    assert_eq!(status(&doc), (vec![52], vec![1, 2]));
    // The hidden theme does not count, and its sets do: also when they are sent after it was made active.
    doc.run([activate(&[&format!("/{HIDDEN}")]), theme(0, "", HIDDEN, &["c"])]).unwrap();
    assert_eq!(status(&doc), (vec![], vec![3]));
    doc.run([activate(&["m/n"]), theme(0, "", HIDDEN, &["b"])]).unwrap();
    assert_eq!(status(&doc), (vec![51], vec![1]));
}

#[test]
fn what_newer_clients_say_is_active_is_stored_as_they_say_it() {
    let ids = |numbers: &[u128]| Value::Set(numbers.iter().map(|number| id(*number)).collect());
    let said =
        |themes, sets| change("set-tokens-status", [("theme-ids", ids(themes)), ("set-ids", ids(sets))]);
    let mut doc = doc();
    doc.run([activate(&["m/n"]), said(&[52, 99], &[3]), theme(51, "m", "n", &["c"]), gone(52)]).unwrap();
    assert_eq!(status(&doc), (vec![52, 99], vec![3]));
    assert_eq!(active(&doc), Value::Set(vec![text("m/n")]));
    doc.run([said(&[], &[])]).unwrap();
    assert_eq!(status(&doc), (vec![], vec![]));
    let mut less = said(&[], &[]);
    less.take("set-ids");
    assert_eq!(doc.refused([less]), "change 0 (set-tokens-status): set-ids should be there");
    // Without a library of its own the file has a status all the same.
    let doc = Doc::after([
        change("set-tokens-source", [("file-id", id(1)), ("library-id", id(2))]),
        said(&[7], &[8]),
    ]);
    assert_eq!((status(&doc), doc.at(&[kw("tokens-lib")])), ((vec![7], vec![8]), Value::Nil));
}

#[test]
fn a_file_whose_status_is_missing_gets_what_its_library_says() {
    let mut doc = doc();
    doc.run([activate(&["p/n"])]).unwrap();
    let mut data = doc.data();
    data.take("tokens-status");
    let library = data.get("tokens-lib").cloned().unwrap();
    let mut older = Doc::of(data.clone());
    older.run([theme(60, "z", "z", &[])]).unwrap();
    assert_eq!(status(&older), (vec![53], vec![3]));
    // Likewise with the first library of a file.
    let doc = Doc::after([change("set-tokens-lib", [("tokens-lib", library)])]);
    assert_eq!(status(&doc), (vec![53], vec![3]));
}

#[test]
fn what_else_a_status_holds_stays() {
    let mut data = doc().data();
    let odd = Value::tagged("unknown", Value::Int(1));
    data.put("tokens-status", Value::tagged("penpot/tokens-status", map([("odd", odd.clone())])));
    let mut doc = Doc::of(data);
    doc.run([activate(&["m/n"])]).unwrap();
    assert_eq!((status(&doc), doc.at(&[kw("tokens-status"), kw("odd")])), ((vec![51], vec![1]), odd));
}
