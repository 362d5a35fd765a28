//! Archives of npm `@penpot/library`: what they hold goes through changes, in transit and in JSON, and is read back.

mod package;

use super::scene::{Scene, field, forms_of};
use super::sick::{look, told};
use document::join::readable;
use document::part::{Container, Kind, OpenPart, PartKey};
use document::tokens::dtcg;
use document::{split::split, upgrade};
use package::Archive;
use std::collections::BTreeSet;
use tests::drawing::{Drawing, change};
use tests::picture;
use transit::{Limits, value::Value};
use uuid::Uuid;

const SESSION: Uuid = Uuid::from_u128(1);

/// A document of parts.
fn tree(parts: &[OpenPart], file: Uuid) -> Value {
    let inside = |container: Container| parts.iter().filter(move |part| part.key().container == container);
    let map = |kind: Kind| inside(Container::File).filter(move |part| part.key().kind == kind);
    let root = inside(Container::File).find(|part| part.key() == PartKey::FILE).expect("a file");
    let mut data = root.to_value();
    data.put("id", Value::Uuid(file));
    data.put("pages", Value::Vec(root.columns.children().iter().copied().map(Value::Uuid).collect()));
    for kind in [Kind::Page, Kind::Component, Kind::Color, Kind::Typography] {
        let entry = |part: &OpenPart| {
            let (id, mut value) = (part.key().id, part.to_value());
            if kind == Kind::Page {
                let shape = |shape: &OpenPart| (Value::Uuid(shape.key().id), shape.to_value());
                value.put("objects", Value::Map(inside(Container::Page(id)).map(shape).collect()));
            }
            (Value::Uuid(id), value)
        };
        data.put(kind.map().expect("a map"), Value::Map(map(kind).map(entry).collect()));
    }
    for tokens in map(Kind::Tokens) {
        data.put("tokens-lib", tokens.to_value());
    }
    data
}

/// The changes that make a page: as one, or shape by shape.
fn of_page(page: &Value, at_once: bool) -> Vec<Value> {
    if at_once {
        return vec![change("add-page", [("page", page.clone())])];
    }
    let mut bare = page.clone();
    let objects = bare.take("objects").expect("shapes");
    let alone = |id: &Value| {
        let mut shape = objects.at(id).unwrap_or_else(|| panic!("no {id:?}")).clone();
        let children = shape.take("shapes");
        if children.is_some() {
            shape.put("shapes", Value::Vec(vec![]));
        }
        (shape, children.map_or(vec![], |children| children.items().expect("a list").to_vec()))
    };
    let root = Value::Uuid(Uuid::nil());
    let (shape, mut left) = alone(&root);
    bare.put("objects", Value::Map(vec![(root, shape)]));
    let mut changes = vec![change("add-page", [("page", bare)])];
    left.reverse();
    while let Some(id) = left.pop() {
        let (shape, children) = alone(&id);
        left.extend(children.into_iter().rev());
        let place = |name: &str| field(&shape, name).clone();
        changes.push(change(
            "add-obj",
            [
                ("id", id),
                ("page-id", field(page, "id").clone()),
                ("parent-id", place("parent-id")),
                ("frame-id", place("frame-id")),
                ("ignore-touched", Value::Bool(true)),
                ("obj", shape),
            ],
        ));
    }
    changes
}

/// The changes that make a document, of one whose only page is another one.
fn changes(data: &Value, page: Uuid, at_once: bool) -> Vec<Value> {
    let entries = |map: &str| data.get(map).map_or(&[][..], Value::entries);
    let mut all: Vec<Value> = field(data, "pages")
        .items()
        .expect("a list")
        .iter()
        .flat_map(|id| of_page(field(data, "pages-index").at(id).expect("a page"), at_once))
        .collect();
    for (id, component) in entries("components") {
        let mut add = change("add-component", [("id", id.clone())]);
        component.entries().iter().for_each(|(name, value)| add.put_at(name.clone(), value.clone()));
        all.push(add);
    }
    all.extend(entries("colors").iter().map(|(_, color)| change("add-color", [("color", color.clone())])));
    let typographies = entries("typographies").iter();
    all.extend(typographies.map(|(_, one)| change("add-typography", [("typography", one.clone())])));
    all.extend(
        data.get("tokens-lib").map(|tokens| change("set-tokens-lib", [("tokens-lib", tokens.clone())])),
    );
    all.push(change("del-page", [("id", Value::Uuid(page))]));
    all
}

/// A document without the moments at which it was changed, and its library of tokens in its file form.
fn timeless(data: &Value) -> (Value, Option<Value>) {
    let mut data = data.clone();
    let tokens = data.take("tokens-lib").and_then(|tokens| dtcg::write(&tokens).expect("is one"));
    for map in ["components", "colors", "typographies"] {
        let entries = data.at_mut(&Value::keyword(map)).and_then(Value::entries_mut);
        entries.into_iter().flatten().for_each(|(_, entry)| drop(entry.take("modified-at")));
    }
    (data, tokens)
}

/// What the document says in JSON about something is what the archive says; the names of what is not.
fn differences(own: &Value, archived: &Value) -> BTreeSet<String> {
    let names = |value: &Value| {
        let some = value.entries().iter().filter(|(_, value)| !value.is_nil());
        some.filter_map(|(name, _)| name.as_keyword().map(str::to_owned)).collect::<BTreeSet<_>>()
    };
    let same = |name: &String| match (own.get(name), archived.get(name)) {
        (Some(own), Some(archived)) => own.same(archived),
        _ => false,
    };
    names(own).union(&names(archived)).filter(|name: &&String| !same(name)).cloned().collect()
}

#[tokio::test]
async fn what_penpots_own_package_writes_goes_through_changes_and_back() {
    let scene = Scene::new().await;
    let (app, ana) = (&scene.app, &scene.ana);
    let archive = Archive::write().await;
    let missing = archive.missing();
    assert_eq!(missing.first(), Some(&"0002-clean-shape-interactions"), "{missing:?}");
    for at_once in [true, false] {
        let made = ana.file("Everything").await;
        let drawing = Drawing::of(&made);
        let media = ana.upload_picture(&made["id"], "a.png", "image/png", picture::png(20, 20, 1)).await.ok();
        let archive = archive.of(drawing.file, media["id"].as_str().expect("an id"));
        let parts = split(archive.data()).expect("a document");
        let now = app.app.now().timestamp_millis();
        let wanted = tree(&upgrade::upgrade(parts, drawing.file, &missing, now), drawing.file);

        let changes = changes(&wanted, drawing.page, at_once);
        let answer = if at_once {
            drawing.send(ana, SESSION, 0, changes).await
        } else {
            let Value::Vec(changes) = readable(Value::Vec(changes)) else { unreachable!("a list stays one") };
            drawing.send_in_json(ana, SESSION, 0, changes).await
        };
        assert!(answer.status.is_success(), "at once: {at_once}: {}", answer.text());
        let read = drawing.read(ana).await;
        let (own, tokens) = timeless(&read);
        let (wanted, wanted_tokens) = timeless(&wanted);
        assert!(own.same(&wanted), "at once: {at_once}\n own: {own:?}\nwant: {wanted:?}");
        assert!(tokens.is_some() && tokens == wanted_tokens, "{tokens:?}\n{wanted_tokens:?}");
        forms_of(&app.app, drawing.file, &read, true, "as it was sent").await;
        is_as_archived(&scene, drawing, &archive).await;
        assert_eq!(told(&look(app, drawing.file).await.problems), []);
    }
}

/// Of the file in JSON and of the archive nothing differs but what is named here.
async fn is_as_archived(scene: &Scene, drawing: Drawing, archive: &Archive) {
    let answer = scene.ana.call("get-file", serde_json::json!({"id": drawing.file})).await;
    let read = transit::json::read(&answer.bytes, &Limits::STORED).expect("JSON");
    let own = field(&read, "data");
    let mut seen = 0;
    let mut differ = BTreeSet::new();
    for (kind, owner, id, archived) in archive.entries() {
        let map = match owner {
            Some(page) => field(own, "pages-index").get(&page).and_then(|page| page.get("objects")),
            None => own.get(kind),
        };
        let found = map.and_then(|map| map.get(&id)).unwrap_or_else(|| panic!("no {kind} {id}"));
        let names = differences(found, &archived);
        let shape_type = archived.get("type").and_then(Value::as_str).unwrap_or(kind);
        let what = if id == Uuid::nil().to_string() { "root" } else { shape_type };
        differ.extend(names.into_iter().map(|name| format!("{what} {name}")));
        seen += 1;
    }
    println!("{seen} entries of an archive; {differ:?}");
    // Segments of paths are shown as the text of a path. What the library has has the moment of its change. A root is
    // where one of the changes of the data model puts it.
    let wanted = [
        "bool content",
        "colors modified-at",
        "components modified-at",
        "pages-index index",
        "pages-index objects",
        "path content",
        "root points",
        "root selrect",
        "typographies modified-at",
    ];
    assert_eq!(differ, BTreeSet::from(wanted.map(str::to_owned)));
}
