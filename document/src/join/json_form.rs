//! What JSON shows of a value.

use crate::geometry::{path, path_text};
use transit::value::Value;

/// The bytes of a value in JSON. Paths are the text of an SVG path.
pub(super) fn write(value: Value) -> Vec<u8> {
    transit::json::write(&with_paths_as_text(value))
}

fn with_paths_as_text(value: Value) -> Value {
    let each = |items: Vec<Value>| items.into_iter().map(with_paths_as_text).collect();
    match value {
        Value::Tagged(tag, inner) => match *inner {
            Value::Bytes(bytes) if tag == path::TAG => match path::unpack(&bytes) {
                Some(segments) => Value::Str(path_text::write(&segments)),
                None => Value::Bytes(bytes),
            },
            inner => Value::Tagged(tag, Box::new(with_paths_as_text(inner))),
        },
        Value::Vec(items) => Value::Vec(each(items)),
        Value::List(items) => Value::List(each(items)),
        Value::Set(items) => Value::Set(each(items)),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, with_paths_as_text(value))).collect())
        }
        value => value,
    }
}
