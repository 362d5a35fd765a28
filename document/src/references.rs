//! What a part of a document refers to outside it: pictures, other files, fonts.

use std::collections::{BTreeSet, HashMap, HashSet};
use transit::value::Value;
use uuid::Uuid;

/// Characters of a uuid in its usual form.
const UUID_CHARS: usize = 36;
/// Attributes whose value is a map with the id of a picture, wherever they stand: in fills, strokes, nodes of text, a
/// shape that is a picture, a colour of the library.
const PICTURES: &[&str] = &["fill-image", "stroke-image", "image", "metadata"];
/// Attributes that name another file.
const LIBRARIES: &[&str] = &[
    "component-file",
    "fill-color-ref-file",
    "stroke-color-ref-file",
    "typography-ref-file",
    "ref-file",
    "tokens-source",
];
/// What older documents call the file of a colour.
const OLD_FILE: &str = "file-id";

/// Every uuid in a document in transit, as [`transit::write`] writes it, at whatever place: in what it draws, in
/// its library, in what was deleted from it and may be restored. It is more than what refers to pictures, and never
/// less, so nothing is taken for unused because a place was not known. Reads through the bytes once and builds nothing.
pub fn uuids(transit: &[u8]) -> HashSet<Uuid> {
    let mut found = HashSet::new();
    let mut rest = transit;
    while let Some(at) = rest.windows(2).position(|pair| pair == b"~u") {
        rest = &rest[at + 2..];
        let text = rest.get(..UUID_CHARS).and_then(|bytes| std::str::from_utf8(bytes).ok());
        found.extend(text.and_then(|text| Uuid::try_parse(text).ok()));
    }
    found
}

/// The pictures that a value names, each once, in order.
pub fn media(value: &Value) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::new();
    each(value, &mut |name, value| {
        if PICTURES.contains(&name) {
            found.extend(value.get("id").and_then(Value::as_uuid));
        }
    });
    found
}

/// The other files that a value names.
pub fn libraries(value: &Value) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::new();
    each(value, &mut |name, value| {
        if LIBRARIES.contains(&name) {
            found.extend(value.as_uuid());
        }
    });
    found
}

/// The fonts that a value names: those of a team are `custom-` and a uuid, others have names.
pub fn fonts(value: &Value) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    each(value, &mut |name, value| {
        if name == "font-id" {
            found.extend(value.as_str());
        }
    });
    found
}

/// Names other pictures wherever one of `by` is named; tells whether it found any.
pub fn replace_media(value: &mut Value, by: &HashMap<Uuid, Uuid>) -> bool {
    match value {
        Value::Tagged(_, inner) => replace_media(inner, by),
        Value::Vec(items) | Value::List(items) | Value::Set(items) => {
            items.iter_mut().fold(false, |found, item| replace_media(item, by) | found)
        }
        Value::Map(entries) => entries.iter_mut().fold(false, |found, (key, value)| {
            let named = key.as_keyword().is_some_and(|name| PICTURES.contains(&name));
            let here = if named { value.at_mut(&Value::keyword("id")) } else { None };
            let other = here.and_then(|id| Some((by.get(&id.as_uuid()?)?, id)));
            let replaced = other.map(|(other, id)| *id = Value::Uuid(*other)).is_some();
            replace_media(value, by) | replaced | found
        }),
        _ => false,
    }
}

/// Names other files wherever one of `by` is named; tells whether it found any.
pub fn replace_libraries(value: &mut Value, by: &HashMap<Uuid, Uuid>) -> bool {
    match value {
        Value::Tagged(_, inner) => replace_libraries(inner, by),
        Value::Vec(items) | Value::List(items) | Value::Set(items) => {
            items.iter_mut().fold(false, |found, item| replace_libraries(item, by) | found)
        }
        Value::Map(entries) => entries.iter_mut().fold(false, |found, (key, value)| {
            let named = key.as_keyword().is_some_and(|name| LIBRARIES.contains(&name) || name == OLD_FILE);
            let other = value.as_uuid().filter(|_| named).and_then(|id| by.get(&id));
            match other {
                Some(other) => *value = Value::Uuid(*other),
                None => return replace_libraries(value, by) | found,
            }
            true
        }),
        _ => false,
    }
}

/// Every entry under a keyword, at any depth.
fn each<'v>(value: &'v Value, see: &mut impl FnMut(&'v str, &'v Value)) {
    match value {
        Value::Tagged(_, inner) => each(inner, see),
        Value::Vec(items) | Value::List(items) | Value::Set(items) => {
            items.iter().for_each(|item| each(item, see));
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                if let Some(name) = key.as_keyword() {
                    see(name, value);
                }
                each(value, see);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transit::{write, write_verbose};

    fn id(number: u128) -> Value {
        Value::Uuid(Uuid::from_u128(number))
    }

    fn picture(number: u128) -> Value {
        Value::map([("id", id(number)), ("width", Value::Int(1))])
    }

    /// A shape with a picture and a file at each place that has one.
    fn shape() -> Value {
        let fills = |n| Value::Vec(vec![Value::map([("fill-image", picture(n))])]);
        let strokes = |n| Value::Vec(vec![Value::map([("stroke-image", picture(n))])]);
        let leaf = Value::map([
            ("fills", fills(3)),
            ("strokes", strokes(4)),
            ("font-id", Value::text("custom-1")),
            ("typography-ref-file", id(11)),
        ]);
        let content = Value::map([("children", Value::Vec(vec![leaf]))]);
        let position = Value::Vec(vec![Value::map([("fills", fills(5)), ("fill-color-ref-file", id(12))])]);
        let color = Value::map([("ref-file", id(13)), ("color", Value::text("#000000"))]);
        let shadow = Value::Vec(vec![Value::map([("color", color)])]);
        let attributes = [
            ("id", id(99)),
            ("fills", fills(1)),
            ("strokes", strokes(2)),
            ("content", content),
            ("position-data", position),
            ("fill-image", picture(6)),
            ("metadata", picture(7)),
            ("component-file", id(14)),
            ("shadow", shadow),
        ];
        Value::tagged("shape", Value::map(attributes))
    }

    #[test]
    fn uuids_are_found_as_values_and_as_keys_however_deep() {
        let ids: Vec<Uuid> = (1..=5).map(Uuid::from_u128).collect();
        let fill = Value::map([("fill-image", Value::map([("id", Value::Uuid(ids[0]))]))]);
        let shape = Value::tagged("shape", Value::map([("fills", Value::Vec(vec![fill.clone(), fill]))]));
        let data = Value::map([
            ("objects", Value::Map(vec![(Value::Uuid(ids[1]), shape.clone()), (Value::Uuid(ids[2]), shape)])),
            ("media", Value::Map(vec![(Value::Uuid(ids[3]), Value::Nil)])),
            ("set", Value::Set(vec![Value::Uuid(ids[4])])),
            ("text", Value::text("~u is no id, and neither is ~u0000")),
        ]);
        for written in [write(&data), write_verbose(&data)] {
            assert_eq!(uuids(&written), ids.iter().copied().collect());
        }
        assert!(uuids(b"").is_empty() && uuids(b"~u").is_empty() && uuids(&[b'~', b'u', 0xff]).is_empty());
    }

    #[test]
    fn pictures_files_and_fonts_are_found_at_every_place_that_has_them() {
        assert_eq!(media(&shape()), (1..=7).map(Uuid::from_u128).collect());
        assert_eq!(libraries(&shape()), (11..=14).map(Uuid::from_u128).collect());
        assert_eq!(fonts(&shape()), BTreeSet::from(["custom-1"]));
        assert_eq!(media(&Value::map([("image", picture(8))])), BTreeSet::from([Uuid::from_u128(8)]));
    }

    #[test]
    fn pictures_are_replaced_at_every_place_and_nothing_else_is() {
        let by = (1..=7).chain([99]).map(|n| (Uuid::from_u128(n), Uuid::from_u128(n + 100))).collect();
        let mut shape = shape();
        assert!(replace_media(&mut shape, &by));
        assert_eq!(media(&shape), (101..=107).map(Uuid::from_u128).collect());
        assert_eq!(shape.get("id"), Some(&id(99)));
        assert!(!replace_media(&mut shape, &by));
    }

    #[test]
    fn files_are_replaced_at_every_place_and_nothing_else_is() {
        let by = (1..=20).chain([99]).map(|n| (Uuid::from_u128(n), Uuid::from_u128(n + 100))).collect();
        let mut shape = shape();
        assert!(replace_libraries(&mut shape, &by));
        assert_eq!(libraries(&shape), (111..=114).map(Uuid::from_u128).collect());
        assert_eq!((shape.get("id"), media(&shape).len()), (Some(&id(99)), 7));
        assert!(media(&shape).iter().all(|picture| picture.as_u128() <= 7));
        assert!(!replace_libraries(&mut shape, &by));
        let mut old = Value::map([("color", Value::map([("file-id", id(3)), ("id", id(4))]))]);
        assert!(replace_libraries(&mut old, &by));
        assert_eq!(old, Value::map([("color", Value::map([("file-id", id(103)), ("id", id(4))]))]));
    }
}
