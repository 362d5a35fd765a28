//! Values for others of their type: what is understood still, and means something else.

use crate::random::Random;
use transit::value::Value;
use uuid::Uuid;

/// So often an item of a list is doubled at most.
const TIMES_MAX: usize = 30;
/// So deep something is put into a copy of itself at most.
const DEPTH_MAX: usize = 30;
/// Types of changes and of shapes, attributes, groups and other words.
const WORDS: &[&str] = &[
    "",
    "frame",
    "rect",
    "path",
    "text",
    "bool",
    "group",
    "set",
    "assign",
    "name-group",
    "geometry-group",
    "fills",
    "points",
    "selrect",
    "shapes",
    "parent-id",
    "content",
    "shape-ref",
    "applied-tokens",
    "x",
    "square",
    "add-obj",
    "del-page",
    "o\"dd",
    "a/b",
];
const TEXTS: &[&str] = &[
    "",
    "a",
    "a/b/c",
    "{a.b}",
    "#12345",
    "#abcdef",
    "M0,0L1,1C1,2,3,4,5,6Z",
    "m0 0h10v10a5 5 0 0 1-5 5z",
    "00000000-0000-0000-0000-000000000001",
    "1e999",
    "\u{0}",
    "é\u{202e}",
    "true",
];
const INTS: &[i64] = &[0, 1, -1, 2, 7, 1 << 31, 1 << 53, -(1 << 53), i64::MAX, i64::MIN];
const FLOATS: &[f64] =
    &[0.0, -0.0, 0.5, 1e-320, 1e300, -1e300, 16_777_217.5, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

/// Something somewhere inside is another one of its type, has changed places, is there more often, or deeper.
pub fn exchange(r: &mut Random, value: &mut Value) {
    match value {
        Value::Map(entries) if !entries.is_empty() => of_map(r, entries),
        Value::Vec(items) | Value::List(items) | Value::Set(items) if !items.is_empty() => of_list(r, items),
        Value::Tagged(_, inner) => exchange(r, inner),
        leaf => *leaf = like(r, leaf),
    }
}

fn of_map(r: &mut Random, entries: &mut Vec<(Value, Value)>) {
    let (at, other) = (r.below(entries.len()), r.below(entries.len()));
    match r.below(16) {
        0 if at != other => {
            let (one, two) = (entries[at].1.clone(), entries[other].1.clone());
            (entries[at].1, entries[other].1) = (two, one);
        }
        1 => entries.swap(at, other),
        2 => drop(entries.remove(at)),
        3 => deepen(r, entries),
        // Without its type nothing of a change is understood.
        _ if entries[at].0.as_keyword() == Some("type") && r.chance(95) => {}
        _ => exchange(r, &mut entries[at].1),
    }
}

fn of_list(r: &mut Random, items: &mut Vec<Value>) {
    let (at, other) = (r.below(items.len()), r.below(items.len()));
    match r.below(16) {
        0 => items.swap(at, other),
        1 => drop(items.remove(at)),
        2 => {
            let (times, item) = (r.below(TIMES_MAX), items[at].clone());
            items.splice(other..other, std::iter::repeat_n(item, times));
        }
        _ => exchange(r, &mut items[at]),
    }
}

/// A list in a map holds a copy of the whole instead, and so on.
fn deepen(r: &mut Random, entries: &mut [(Value, Value)]) {
    let is_list = |(_, value): &(Value, Value)| matches!(value, Value::Vec(items) if items.len() < 3);
    let Some(at) = entries.iter().position(is_list) else { return };
    for _ in 0..r.below(DEPTH_MAX) {
        entries[at].1 = Value::Vec(vec![Value::Map(entries.to_vec())]);
    }
}

/// Another value of its type.
fn like(r: &mut Random, value: &Value) -> Value {
    match value {
        Value::Uuid(_) => {
            let (first, count) =
                [(0, 12), (0, 12), (0, 12), (100, 4), (200, 3), (300, 3), (700, 9), (900, 4)][r.below(8)];
            Value::Uuid(Uuid::from_u128(first + u128::try_from(r.below(count)).unwrap()))
        }
        Value::Int(_) if r.chance(80) => Value::Int(INTS[r.below(INTS.len())]),
        Value::Int(_) | Value::Float(_) => Value::Float(FLOATS[r.below(FLOATS.len())]),
        Value::Str(_) if r.chance(10) => Value::text(&r.pick(TEXTS).repeat(1 + r.below(200))),
        Value::Str(_) => Value::text(r.pick(TEXTS)),
        Value::Keyword(_) => Value::keyword(r.pick(WORDS)),
        Value::Bool(now) => Value::Bool(!now),
        Value::Instant(_) => Value::Instant([0, -1, i64::MIN, i64::MAX, 1 << 42][r.below(5)]),
        Value::Bytes(bytes) => {
            let mut bytes = bytes.clone();
            bytes.truncate(r.below(bytes.len() + 1));
            bytes.extend((0..r.below(40)).map(|_| r.byte()));
            Value::Bytes(bytes)
        }
        Value::Nil => {
            [Value::Int(1), Value::Vec(vec![]), Value::Map(vec![]), Value::text("a")][r.below(4)].clone()
        }
        other => other.clone(),
    }
}
