//! Colours, typographies, pictures, data of plugins, the size of texts.

use crate::doc::*;
use transit::value::Value;

fn color(name: &str) -> Value {
    map([("id", id(200)), ("name", text(name)), ("color", text("#123456"))])
}

fn typography<const N: usize>(more: [(&str, Value); N]) -> Value {
    let names = "name font-id font-family font-variant-id font-size font-weight font-style line-height letter-spacing \
        text-transform";
    let all = names.split_whitespace().map(|name| (name, text("t")));
    with(Value::map(all.chain([("id", id(210))])), more)
}

fn plugin<const N: usize>(fields: [(&str, Value); N]) -> Value {
    with(change("set-plugin-data", [("namespace", kw("plugin")), ("key", text("fooBar"))]), fields)
}

#[test]
fn a_changed_colour_is_replaced_whole_dated_and_only_if_it_is_there() {
    let changed = |name| change("mod-color", [("color", color(name))]);
    let mut doc = Doc::after([changed("a")]);
    assert_eq!(doc.data().get("colors"), None);
    let owner = [("object-type", kw("color")), ("object-id", id(200)), ("value", text("1"))];
    doc.run([change("add-color", [("color", color("a"))]), plugin(owner), changed("b")]).unwrap();
    let stored = with(color("b"), [("modified-at", NOW)]);
    assert!(doc.at(&[kw("colors"), id(200)]).same(&stored));
}

#[test]
fn colours_are_closed_and_have_one_look() {
    let mut doc = Doc::new();
    for more in [
        [("odd", Value::Int(1))],
        [("opacity", Value::Int(2))],
        [("color", Value::Nil)],
        [("name", text(" "))],
    ] {
        let refusal = doc.refused([change("add-color", [("color", with(color("a"), more))])]);
        assert!(refusal.starts_with("change 0 (add-color): color"), "{refusal}");
    }
}

#[test]
fn a_changed_typography_keeps_what_is_not_named_and_a_nil_takes_away() {
    let mut doc = Doc::after([change(
        "add-typography",
        [("typography", typography([("path", text("p")), ("odd", text("o"))]))],
    )]);
    doc.run([change(
        "mod-typography",
        [("typography", typography([("path", Value::Nil), ("name", text("b"))]))],
    )])
    .unwrap();
    let stored = typography([("name", text("b")), ("odd", text("o")), ("modified-at", NOW)]);
    assert!(doc.at(&[kw("typographies"), id(210)]).same(&stored));
    let mut less = typography([]);
    less.take("font-size");
    let refusal = doc.refused([change("mod-typography", [("typography", less)])]);
    assert_eq!(refusal, "change 0 (mod-typography): typography.font-size should be there");
}

#[test]
fn pictures_are_not_dated() {
    let object = map([
        ("id", id(220)),
        ("name", text("m")),
        ("width", Value::Int(1)),
        ("height", Value::Int(1)),
        ("mtype", text("image/png")),
        ("media-id", id(9)),
    ]);
    let doc = Doc::after([
        change("add-media", [("object", object.clone())]),
        change("mod-media", [("object", object.clone())]),
    ]);
    assert!(doc.at(&[kw("media"), id(220)]).same(&object));
}

#[test]
fn a_map_whose_last_entry_goes_stays_and_one_that_never_was_is_not_made() {
    let gone = |name| change(name, [("id", id(200))]);
    let mut doc =
        Doc::after([gone("del-color"), gone("del-media"), gone("del-typography"), gone("purge-component")]);
    let data = doc.data();
    assert!(["colors", "media", "typographies", "components"].iter().all(|name| data.get(name).is_none()));
    doc.run([change("add-color", [("color", color("a"))]), gone("del-color")]).unwrap();
    assert_eq!(doc.at(&[kw("colors")]), Value::Map(vec![]));
}

#[test]
fn data_of_plugins_is_kept_in_anything_by_its_key_and_dates_nothing() {
    let mut doc = Doc::after([add(1, 0, shape("rect")), change("add-color", [("color", color("a"))])]);
    let space = map([("plugin", Value::Map(vec![(text("fooBar"), text("1"))]))]);
    doc.run([
        plugin([("object-type", kw("file")), ("value", text("1"))]),
        plugin([("object-type", kw("page")), ("object-id", id(100)), ("value", text("1"))]),
        plugin([("object-type", kw("shape")), ("object-id", id(1)), ("value", text("1"))]),
        plugin([("object-type", kw("color")), ("object-id", id(77)), ("value", text("1"))]),
    ])
    .unwrap();
    assert_eq!((doc.at(&[kw("plugin-data")]), doc.page("plugin-data")), (space.clone(), space.clone()));
    assert_eq!(doc.get(1, "plugin-data"), space);
    let mut nowhere = plugin([("object-type", kw("shape")), ("object-id", id(1)), ("value", text("1"))]);
    nowhere.take("page-id");
    assert!(doc.refused([nowhere]).contains("page-id should be there"));
}

#[test]
fn the_last_key_of_a_plugin_leaves_its_namespace_and_nothing_is_taken_from_none() {
    let owner = |value| plugin([("object-type", kw("file")), ("value", value)]);
    let mut doc = Doc::after([owner(Value::Nil)]);
    assert_eq!(doc.at(&[kw("plugin-data")]), Value::Nil);
    doc.run([owner(text("1")), owner(Value::Nil)]).unwrap();
    assert_eq!(doc.at(&[kw("plugin-data")]), map([("plugin", Value::Map(vec![]))]));
}

#[test]
fn any_text_is_a_base_size_and_options_are_made_for_it() {
    let mut data = document::file::new_data(uuid::Uuid::from_u128(1000), uuid::Uuid::from_u128(100));
    data.take("options");
    let mut doc = Doc::of(data);
    doc.run([change("set-base-font-size", [("base-font-size", text(" "))])]).unwrap();
    assert_eq!(doc.at(&[kw("options")]), map([("base-font-size", text(" "))]));
    assert!(
        doc.refused([change("set-base-font-size", [("base-font-size", Value::Int(16))])]).contains("text")
    );
}
