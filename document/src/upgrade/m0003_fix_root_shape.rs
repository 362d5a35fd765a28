//! The root of a page is inside itself, and its rectangle is what its place and size say. A page without a root gets
//! one that holds what says it is in it.

use super::whole::Whole;
use crate::file::{ROOT, empty_page};
use crate::geometry::completed::whole_geometry;
use crate::part::{Container, Kind, OpenPart, PartKey};
use transit::value::Value;
use uuid::Uuid;

pub(super) fn run(whole: &mut Whole) {
    for page in whole.ids(Kind::Page) {
        let container = Container::Page(page);
        let key = PartKey::shape(container, ROOT);
        match whole.get_mut(key) {
            Some(root) => fix(root),
            None => {
                let root = new_root(whole, container, key);
                whole.parts.insert(key, root);
            }
        }
    }
}

fn fix(root: &mut OpenPart) {
    root.set("parent-id", Value::Uuid(ROOT));
    root.set("frame-id", Value::Uuid(ROOT));
    let names = ["x", "y", "width", "height", "transform"];
    let there = names.iter().filter_map(|name| Some((*name, root.plain(name)?.clone())));
    for (name, value) in whole_geometry(&Value::map(there)) {
        root.set(name, value);
    }
}

fn new_root(whole: &Whole, container: Container, key: PartKey) -> OpenPart {
    let page = empty_page(ROOT, "");
    let root = page.get("objects").and_then(|objects| objects.at(&Value::Uuid(ROOT))).cloned();
    let mut root = OpenPart::new(key, root.unwrap_or(Value::Nil));
    let shapes = whole.parts.values().filter(|part| part.key().container == container);
    let tops: Vec<Uuid> =
        shapes.filter(|shape| shape.columns.parent == Some(ROOT)).map(|shape| shape.key().id).collect();
    root.columns.children = Some(tops);
    root
}
