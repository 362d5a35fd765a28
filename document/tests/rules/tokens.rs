//! Tokens in their sets, and what every change of tokens makes first.

use crate::doc::*;
use transit::value::Value;

/// A set 1 named "a" with tokens 11, 12, 13 named "x", "y", "z".
pub fn doc() -> Doc {
    Doc::after([set_of(1, "a"), token(1, 11, "x"), token(1, 12, "y"), token(1, 13, "z")])
}

/// `set-token-set` of an empty set.
pub fn set_of(number: u128, name: &str) -> Value {
    change("set-token-set", [("id", id(number)), ("attrs", map([("id", id(number)), ("name", text(name))]))])
}

pub fn attributes(number: u128, name: &str) -> Value {
    map([("id", id(number)), ("name", text(name)), ("type", kw("color")), ("value", text("#000"))])
}

/// `set-token` with these attributes.
pub fn set_token(set: u128, number: u128, attributes: Value) -> Value {
    change("set-token", [("set-id", id(set)), ("token-id", id(number)), ("attrs", attributes)])
}

pub fn token(set: u128, number: u128, name: &str) -> Value {
    set_token(set, number, attributes(number, name))
}

/// The pairs of a map whose order counts.
pub fn pairs(value: &Value) -> Vec<(String, Value)> {
    let Value::Tagged(tag, inner) = value else { panic!("no order: {value:?}") };
    assert_eq!(tag, "ordered-map");
    let pairs = inner.pairs().expect("pairs");
    pairs.map(|(key, value)| (key.as_str().expect("text").to_owned(), value.clone())).collect()
}

/// Every set, in order, by its name.
pub fn sets(doc: &Doc) -> Vec<(String, Value)> {
    fn below(level: &Value, found: &mut Vec<(String, Value)>) {
        for (key, node) in pairs(level) {
            match &node {
                Value::Tagged(tag, _) if tag == "penpot/token-set" => {
                    assert!(key.starts_with("S-"));
                    found.push((node.get("name").and_then(Value::as_str).expect("a name").to_owned(), node));
                }
                group => {
                    assert!(key.starts_with("G-") && !pairs(group).is_empty());
                    below(group, found);
                }
            }
        }
    }
    let mut found = vec![];
    below(&doc.at(&[kw("tokens-lib"), kw("sets")]), &mut found);
    found
}

/// The tokens of the first set, by name and number.
fn tokens(doc: &Doc) -> Vec<(String, u128)> {
    let (_, set) = sets(doc).remove(0);
    let number = |token: &Value| token.get("id").and_then(Value::as_uuid).expect("an id").as_u128();
    pairs(set.get("tokens").unwrap()).into_iter().map(|(name, token)| (name, number(&token))).collect()
}

fn names(all: &[(String, u128)]) -> Vec<(&str, u128)> {
    all.iter().map(|(name, number)| (name.as_str(), *number)).collect()
}

fn token_at(doc: &Doc, at: usize, name: &str) -> Value {
    let (_, set) = sets(doc).remove(0);
    let (_, token) = pairs(set.get("tokens").unwrap()).remove(at);
    assert!(matches!(&token, Value::Tagged(tag, _) if tag == "penpot/token"));
    token.get(name).cloned().unwrap_or(Value::Nil)
}

#[test]
fn a_new_token_is_dated_unless_it_is_and_its_set_always() {
    let dated = with(attributes(12, "y"), [("modified-at", Value::Instant(5)), ("description", Value::Nil)]);
    let doc = Doc::after([
        change(
            "set-token-set",
            [
                ("id", id(1)),
                (
                    "attrs",
                    with(map([("id", id(1)), ("name", text("a"))]), [("modified-at", Value::Instant(4))]),
                ),
            ],
        ),
        token(1, 11, "x"),
        set_token(1, 12, dated),
    ]);
    assert_eq!(
        (token_at(&doc, 0, "modified-at"), token_at(&doc, 1, "modified-at")),
        (NOW, Value::Instant(5))
    );
    assert_eq!((token_at(&doc, 0, "description"), token_at(&doc, 1, "description")), (text(""), text("")));
    assert_eq!(sets(&doc)[0].1.get("modified-at"), Some(&NOW));
}

#[test]
fn a_changed_token_keeps_what_is_not_sent_and_is_dated_only_by_a_difference() {
    let odd = Value::tagged("unknown", Value::Int(1));
    let mut doc = Doc::after([set_of(1, "a")]);
    let first = with(
        attributes(11, "x"),
        [("description", text("d")), ("odd", odd.clone()), ("modified-at", Value::Instant(5))],
    );
    doc.run([set_token(1, 11, first)]).unwrap();
    doc.run([token(1, 11, "x")]).unwrap();
    assert_eq!(token_at(&doc, 0, "modified-at"), Value::Instant(5));
    let later = with(attributes(11, "x"), [("value", text("#fff")), ("modified-at", Value::Instant(6))]);
    doc.run([set_token(1, 11, later)]).unwrap();
    let now = ["modified-at", "value", "description", "odd"].map(|name| token_at(&doc, 0, name));
    assert_eq!(now, [NOW, text("#fff"), text("d"), odd]);
    doc.run([set_token(
        1,
        11,
        with(attributes(11, "x"), [("description", Value::Nil), ("odd", Value::Nil)]),
    )])
    .unwrap();
    assert_eq!((token_at(&doc, 0, "description"), token_at(&doc, 0, "odd")), (text(""), Value::Nil));
}

#[test]
fn a_renamed_token_keeps_its_place_and_one_of_a_taken_name_replaces_or_gives_way() {
    let renamed = |number, name: &str| {
        let mut doc = doc();
        doc.run([token(1, number, name)]).unwrap();
        tokens(&doc)
    };
    assert_eq!(names(&renamed(12, "new.name")), [("x", 11), ("new.name", 12), ("z", 13)]);
    // Of an earlier one the place is taken; a later one stays, at the place of the renamed.
    assert_eq!(names(&renamed(12, "x")), [("x", 12), ("z", 13)]);
    assert_eq!(names(&renamed(12, "z")), [("x", 11), ("z", 13)]);
    // A new one of a taken name replaces it.
    assert_eq!(names(&renamed(19, "y")), [("x", 11), ("y", 19), ("z", 13)]);
}

#[test]
fn a_token_is_taken_away_and_an_unknown_one_dates_its_set_all_the_same() {
    let mut doc = doc();
    doc.run([set_token(1, 12, Value::Nil)]).unwrap();
    assert_eq!(names(&tokens(&doc)), [("x", 11), ("z", 13)]);
    let old = with(map([("id", id(1)), ("name", text("a"))]), [("modified-at", Value::Instant(4))]);
    doc.run([change("set-token-set", [("id", id(1)), ("attrs", old)]), set_token(1, 99, Value::Nil)])
        .unwrap();
    assert_eq!(sets(&doc)[0].1.get("modified-at"), Some(&NOW));
}

#[test]
fn a_token_for_a_set_that_is_not_there_makes_the_library_and_nothing_else() {
    let doc = Doc::after([token(9, 11, "x")]);
    assert!(sets(&doc).is_empty());
    let theme = doc.at(&[kw("tokens-lib"), kw("themes")]);
    let (group, themes) = pairs(&theme).remove(0);
    let (name, theme) = pairs(&themes).remove(0);
    assert_eq!((group.as_str(), name.as_str()), ("", "__PENPOT__HIDDEN__TOKEN__THEME__"));
    assert_eq!((theme.get("id"), theme.get("external-id")), (Some(&id(0)), Some(&text(""))));
    let active = doc.at(&[kw("tokens-lib"), kw("active-themes")]);
    assert_eq!(active, Value::Set(vec![text("/__PENPOT__HIDDEN__TOKEN__THEME__")]));
    let none = map([("active-theme-ids", Value::Set(vec![])), ("active-set-ids", Value::Set(vec![]))]);
    assert_eq!(doc.at(&[kw("tokens-status")]), Value::tagged("penpot/tokens-status", none));
}

#[test]
fn what_is_wrong_with_a_token_is_told_by_its_field() {
    let mut doc = doc();
    let wrong = |name: &str, value: Value| with(attributes(11, "x"), [(name, value)]);
    let mut refused = |name: &str, value: Value| doc.refused([set_token(1, 11, wrong(name, value))]);
    for (name, value, reason) in [
        ("name", text("a b"), "name should be words of letters, digits, _, - and $"),
        ("name", text("$a"), "name should be words"),
        ("name", text(&"a.".repeat(40)), "name should be words"),
        ("name", text(&vec!["a"; 40].join(".")), "name should have at most 1000 characters and 32 words"),
        ("type", kw("colour"), "type should be one of the keywords boolean"),
        ("value", Value::Nil, "value should be there"),
        ("id", id(12), "id should be the id that the change names"),
        ("description", Value::Int(1), "description should be text"),
        ("modified-at", text("later"), "modified-at should be an instant"),
    ] {
        let told = refused(name, value);
        assert!(told.starts_with(&format!("change 0 (set-token): attrs.{reason}")), "{told}");
    }
    let mut less = set_token(1, 11, Value::Nil);
    less.take("set-id");
    assert_eq!(doc.refused([less]), "change 0 (set-token): set-id should be there");
}

#[test]
fn a_file_with_another_files_tokens_keeps_none_and_its_own_library_comes_back() {
    let source =
        |library: Value| change("set-tokens-source", [("file-id", id(1000)), ("library-id", library)]);
    let mut doc = Doc::after([source(id(2000)), set_of(1, "a"), token(1, 11, "x")]);
    assert_eq!((doc.at(&[kw("tokens-source")]), doc.at(&[kw("tokens-lib")])), (id(2000), Value::Nil));
    assert!(!doc.at(&[kw("tokens-status")]).is_nil());
    // The file itself is no source, and neither is nil.
    for own in [id(1000), Value::Nil] {
        doc.run([source(id(2000)), source(own)]).unwrap();
        assert_eq!(doc.at(&[kw("tokens-source")]), Value::Nil);
    }
    doc.run([set_of(1, "a")]).unwrap();
    assert_eq!(sets(&doc).len(), 1);
    let mut less = source(Value::Nil);
    less.take("library-id");
    assert!(doc.refused([less]).contains("library-id should be there, nil for the file's own"));
}

#[test]
fn a_library_that_cannot_be_read_is_not_changed_and_can_be_replaced() {
    let mut data = document::file::new_data(uuid::Uuid::from_u128(1000), uuid::Uuid::from_u128(100));
    let broken = Value::tagged("penpot/tokens-lib", map([("sets", Value::Int(1))]));
    data.put("tokens-lib", broken.clone());
    let mut doc = Doc::of(data);
    let told = doc.refused([set_of(1, "a")]);
    assert_eq!(told, "change 0 (set-token-set): data.tokens-lib.sets should be a map by name");
    assert_eq!(doc.at(&[kw("tokens-lib")]), broken);
    doc.run([change("set-tokens-lib", [("tokens-lib", Value::Nil)]), set_of(1, "a")]).unwrap();
    assert_eq!(sets(&doc).len(), 1);
}

#[test]
fn those_who_use_a_library_hear_of_its_tokens() {
    for (name, hears) in [("set-token-set", true), ("set-tokens-status", false), ("set-tokens-source", false)]
    {
        let fields = [
            ("id", id(1)),
            ("theme-ids", Value::Set(vec![])),
            ("set-ids", Value::Set(vec![])),
            ("file-id", id(1)),
            ("library-id", Value::Nil),
        ];
        let change = document::change::Change::decode(change(name, fields)).unwrap();
        assert_eq!(change.concerns_library(), hears, "{name}");
    }
}
