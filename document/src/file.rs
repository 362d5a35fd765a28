//! A new file's data, and which data a file of this version has been through.

use transit::value::Value;
use uuid::Uuid;

/// The version of the data model. Frozen: changes of the model are told by [`MIGRATIONS`].
pub const VERSION: i32 = 67;

/// Every change of the data model that data of this server has behind it, oldest first. A new file is stamped with
/// all of them; clients compare the names.
pub const MIGRATIONS: &[&str] = &[
    "legacy-2",
    "legacy-3",
    "legacy-5",
    "legacy-6",
    "legacy-7",
    "legacy-8",
    "legacy-9",
    "legacy-10",
    "legacy-11",
    "legacy-12",
    "legacy-13",
    "legacy-14",
    "legacy-16",
    "legacy-17",
    "legacy-18",
    "legacy-19",
    "legacy-25",
    "legacy-26",
    "legacy-27",
    "legacy-28",
    "legacy-29",
    "legacy-31",
    "legacy-32",
    "legacy-33",
    "legacy-34",
    "legacy-36",
    "legacy-37",
    "legacy-38",
    "legacy-39",
    "legacy-40",
    "legacy-41",
    "legacy-42",
    "legacy-43",
    "legacy-44",
    "legacy-45",
    "legacy-46",
    "legacy-47",
    "legacy-48",
    "legacy-49",
    "legacy-50",
    "legacy-51",
    "legacy-52",
    "legacy-53",
    "legacy-54",
    "legacy-55",
    "legacy-56",
    "legacy-57",
    "legacy-59",
    "legacy-62",
    "legacy-65",
    "legacy-66",
    "legacy-67",
    "0001-remove-tokens-from-groups",
    "0002-normalize-bool-content-v2",
    "0002-clean-shape-interactions",
    "0003-fix-root-shape",
    "0003-convert-path-content-v2",
    "0005-deprecate-image-type",
    "0006-fix-old-texts-fills",
    "0008-fix-library-colors-v4",
    "0009-clean-library-colors",
    "0009-add-partial-text-touched-flags",
    "0010-fix-swap-slots-pointing-non-existent-shapes",
    "0011-fix-invalid-text-touched-flags",
    "0012-fix-position-data",
    "0013-fix-component-path",
    "0013-clear-invalid-strokes-and-fills",
    "0014-fix-tokens-lib-duplicate-ids",
    "0014-clear-components-nil-objects",
    "0015-fix-text-attrs-blank-strings",
    "0015-clean-shadow-color",
    "0016-copy-fills-from-position-data-to-text-node",
    "0017-fix-layout-flex-dir",
    "0018-remove-unneeded-objects-from-components",
    "0019-fix-missing-swap-slots",
    "0020-sync-component-id-with-near-main",
    "0021-fix-shape-svg-attrs",
    "0022-normalize-component-root-and-resync",
    "0023-repair-token-themes-with-inexistent-sets",
    "0024b-fix-stroke-cap-placement",
    "0025-separate-tokens-status",
];

/// The root frame of every page has this id and is its own parent.
pub const ROOT: Uuid = Uuid::nil();

/// Data of a new file: one empty page named "Page 1".
pub fn new_data(file_id: Uuid, page_id: Uuid) -> Value {
    let page = empty_page(page_id, "Page 1");
    Value::map([
        ("id", Value::Uuid(file_id)),
        ("pages", Value::Vec(vec![Value::Uuid(page_id)])),
        ("pages-index", Value::Map(vec![(Value::Uuid(page_id), page)])),
        (
            "options",
            Value::map([("components-v2", Value::Bool(true)), ("base-font-size", Value::text("16px"))]),
        ),
    ])
}

/// A page with nothing but its root.
pub(crate) fn empty_page(id: Uuid, name: &str) -> Value {
    Value::map([
        ("id", Value::Uuid(id)),
        ("name", Value::text(name)),
        ("objects", Value::Map(vec![(Value::Uuid(ROOT), root_frame())])),
    ])
}

/// The frame that holds a page's top-level shapes: almost without size, white, never shown as a shape.
fn root_frame() -> Value {
    let (zero, small) = (Value::Int(0), Value::Float(0.01));
    let number = |name: &'static str, value: &Value| (name, value.clone());
    let rect = [
        number("x", &zero),
        number("y", &zero),
        number("width", &small),
        number("height", &small),
        number("x1", &zero),
        number("y1", &zero),
        number("x2", &small),
        number("y2", &small),
    ];
    let point = |(x, y)| Value::tagged("point", Value::map([("x", Value::Float(x)), ("y", Value::Float(y))]));
    let points = [(0.0, 0.0), (0.01, 0.0), (0.01, 0.01), (0.0, 0.01)];
    let fill = Value::map([("fill-color", Value::text("#FFFFFF")), ("fill-opacity", Value::Int(1))]);
    let attributes = [
        ("id", Value::Uuid(ROOT)),
        ("name", Value::text("Root Frame")),
        ("type", Value::keyword("frame")),
        number("x", &zero),
        number("y", &zero),
        number("width", &small),
        number("height", &small),
        number("rotation", &zero),
        ("selrect", Value::tagged("rect", Value::map(rect))),
        ("points", Value::Vec(points.map(point).to_vec())),
        ("transform", identity()),
        ("transform-inverse", identity()),
        ("parent-id", Value::Uuid(ROOT)),
        ("frame-id", Value::Uuid(ROOT)),
        ("shapes", Value::Vec(Vec::new())),
        ("hide-fill-on-export", Value::Bool(false)),
        ("proportion", Value::Float(1.0)),
        ("proportion-lock", Value::Bool(false)),
        number("r1", &zero),
        number("r2", &zero),
        number("r3", &zero),
        number("r4", &zero),
        ("fills", Value::Vec(vec![fill])),
        ("strokes", Value::Vec(Vec::new())),
    ];
    Value::tagged("shape", Value::map(attributes))
}

fn identity() -> Value {
    let entries = [("a", 1.0), ("b", 0.0), ("c", 0.0), ("d", 1.0), ("e", 0.0), ("f", 0.0)];
    Value::tagged("matrix", Value::map(entries.map(|(name, number)| (name, Value::Float(number)))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use transit::{Limits, read, write};

    #[test]
    fn a_new_file_has_one_page_with_a_complete_root() {
        let (file_id, page_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let data = new_data(file_id, page_id);
        assert_eq!(data.get("id").and_then(Value::as_uuid), Some(file_id));
        assert_eq!(data.get("pages"), Some(&Value::Vec(vec![Value::Uuid(page_id)])));
        let Some(Value::Map(pages)) = data.get("pages-index") else { panic!("no pages-index") };
        let [(Value::Uuid(key), page)] = pages.as_slice() else { panic!("one page, under its id") };
        assert_eq!((*key, page.get("name")), (page_id, Some(&Value::text("Page 1"))));
        let Some(Value::Map(objects)) = page.get("objects") else { panic!("no objects") };
        let [(Value::Uuid(ROOT), root)] = objects.as_slice() else { panic!("one object, the root") };
        let required = "id name type selrect points transform transform-inverse parent-id \
            frame-id x y width height shapes";
        assert!(required.split(' ').all(|name| root.get(name).is_some()));
        assert_eq!(read(&write(&data), &Limits::REQUEST), Ok(data));
    }

    #[test]
    fn the_root_has_the_kinds_of_numbers_that_clients_make() {
        let page = empty_page(Uuid::from_u128(1), "a");
        let root = page.get("objects").and_then(|objects| objects.at(&Value::Uuid(ROOT))).expect("a root");
        let number =
            |path: &[&str]| path.iter().try_fold(root, |value, name| value.get(name)).expect("a number");
        for whole in [&["x"][..], &["y"], &["rotation"], &["r1"], &["selrect", "x1"], &["selrect", "y"]] {
            assert_eq!(number(whole), &Value::Int(0), "{whole:?}");
        }
        assert_eq!(
            (number(&["proportion"]), number(&["transform", "a"])),
            (&Value::Float(1.0), &Value::Float(1.0))
        );
        assert_eq!(
            (number(&["width"]), number(&["selrect", "x2"])),
            (&Value::Float(0.01), &Value::Float(0.01))
        );
        for absent in ["opacity", "blend-mode", "flip-x", "flip-y"] {
            assert_eq!(root.get(absent), None);
        }
    }

    #[test]
    fn migrations_are_the_agreed_eighty_and_the_next_one() {
        let legacy = MIGRATIONS.iter().filter(|name| name.starts_with("legacy-")).count();
        assert_eq!((legacy, MIGRATIONS.len()), (52, 81));
        assert!(MIGRATIONS.iter().enumerate().all(|(i, name)| !MIGRATIONS[..i].contains(name)));
    }
}
