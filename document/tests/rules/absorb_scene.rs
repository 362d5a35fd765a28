//! A library, a file that uses it, and taking over.

use crate::doc::*;
use crate::scene::*;
use document::absorb::{Sides, Taken, changes, gather};
use document::part::OpenPart;
use document::stop::Stop;
use document::working_set::WorkingSet;
use std::collections::HashMap;
use transit::value::Value;
use uuid::Uuid;

pub const FROM: u128 = 2000;

/// A shape of the library, whose components are its own.
pub fn theirs(shape: Value) -> Value {
    with(shape, [("component-file", id(FROM))])
}

pub fn fill(color: u128, file: u128) -> Value {
    let fill = [
        ("fill-color", text("#112233")),
        ("fill-color-ref-id", id(color)),
        ("fill-color-ref-file", id(file)),
    ];
    Value::Vec(vec![map(fill)])
}

pub fn content(typography: u128, file: u128) -> Value {
    let leaf =
        map([("text", text("a")), ("typography-ref-id", id(typography)), ("typography-ref-file", id(file))]);
    let paragraph = map([("type", text("paragraph")), ("children", Value::Vec(vec![leaf]))]);
    let set = map([("type", text("paragraph-set")), ("children", Value::Vec(vec![paragraph]))]);
    map([("type", text("root")), ("children", Value::Vec(vec![set]))])
}

pub fn color(number: u128, hex: &str) -> Value {
    map([("id", id(number)), ("name", text("ink")), ("color", text(hex))])
}

pub fn add_color(number: u128, hex: &str) -> Value {
    change("add-color", [("color", color(number, hex))])
}

pub fn add_typography(number: u128) -> Value {
    let names = "name font-id font-family font-variant-id font-size font-weight font-style line-height letter-spacing \
        text-transform";
    let all = names.split_whitespace().map(|name| (name, text("t")));
    change("add-typography", [("typography", Value::map(all.chain([("id", id(number))])))])
}

/// Components 301 with a copy of 302 in its main, and 303, which nobody uses; colours and typographies.
pub fn library() -> Doc {
    let scene = Scene::default()
        .component(301, of_main(1))
        .component(302, of_main(11))
        .component(303, of_main(21))
        .shape(30, 0, shape_at("frame", 500, 500))
        .shape(1, 30, with(theirs(main(301)), [("name", text("Button"))]))
        .shape(2, 1, with(shape("rect"), [("fills", fill(200, FROM))]))
        .shape(3, 1, theirs(nested(302, 11)))
        .shape(4, 3, with(follower("text", 12), [("content", content(210, FROM))]))
        .shape(11, 0, with(theirs(main(302)), [("name", text("arrow"))]))
        .shape(12, 11, with(shape("text"), [("content", content(210, FROM))]))
        .shape(21, 0, theirs(main(303)));
    let mut doc = scene.doc();
    doc.run([add_color(200, "#112233"), add_color(201, "#000000"), add_typography(210), add_typography(211)])
        .unwrap();
    doc
}

/// A file with a copy of 301.
pub fn file() -> Scene {
    Scene::default()
        .shape(51, 0, theirs(copy(301, 1)))
        .shape(52, 51, with(follower("rect", 2), [("fills", fill(200, FROM))]))
        .shape(53, 51, theirs(nested(302, 3)))
        .shape(54, 53, with(follower("text", 4), [("content", content(210, FROM))]))
}

/// What of the library is taken over, and the changes.
pub fn planned(file: &Doc, library: &Doc, revn: i64, media: &HashMap<Uuid, Uuid>) -> (Taken, Vec<Value>) {
    let sides = Sides { file: FILE, library: Uuid::from_u128(FROM), revn };
    let users: Vec<OpenPart> = file.parts().map(|part| OpenPart::read(part).unwrap().unwrap()).collect();
    let taken = filled(library, |set| gather(sides, &users, set));
    let changes = filled(file, |set| changes(&taken, &users, set, media));
    (taken, changes)
}

/// Loads what is missed until nothing is.
pub fn filled<T>(doc: &Doc, mut ask: impl FnMut(&mut WorkingSet) -> Result<T, Stop>) -> T {
    let mut set = WorkingSet::new();
    loop {
        match ask(&mut set) {
            Ok(given) => return given,
            Err(Stop::Missing(wanted)) => {
                assert!(!wanted.is_empty());
                for one in wanted {
                    match doc.parts().find(|part| part.key == one.key) {
                        Some(part) => set.load(part.clone()),
                        None => set.load_absent(one.key),
                    }
                }
            }
            Err(stop) => panic!("{stop}"),
        }
    }
}

pub fn absorb(file: &mut Doc, library: &Doc, revn: i64) -> Vec<Value> {
    let (_, changes) = planned(file, library, revn, &HashMap::new());
    file.run_all(changes.clone()).expect("taken");
    changes
}

/// The page of mains, as ids: the newest of that name.
pub fn page(doc: &Doc) -> Value {
    let pages = doc.at(&[kw("pages")]);
    let named =
        |page: &&Value| doc.at(&[kw("pages-index"), (*page).clone(), kw("name")]) == text("Main components");
    pages.items().unwrap().iter().rev().find(named).cloned().unwrap_or(Value::Nil)
}

pub fn on_page(doc: &Doc, number: u128, name: &str) -> Value {
    doc.at(&[kw("pages-index"), page(doc), kw("objects"), id(number), kw(name)])
}

/// Nothing is wrong between the parts.
pub fn assert_sound(doc: &Doc) {
    let found = check(doc);
    assert!(found.is_empty(), "{found:?}");
}

pub fn is_named(doc: &Doc, file: u128) -> bool {
    let file = Uuid::from_u128(file);
    let names = |part: &OpenPart| {
        part.columns.component_file == Some(file)
            || document::references::libraries(part.value()).contains(&file)
    };
    doc.parts().any(|part| names(&OpenPart::read(part).unwrap().unwrap()))
}

pub fn keys(doc: &Doc, name: &str) -> Vec<u128> {
    let entries = doc.at(&[kw(name)]);
    let mut keys: Vec<u128> =
        entries.entries().iter().map(|(key, _)| key.as_uuid().unwrap().as_u128()).collect();
    keys.sort_unstable();
    keys
}
