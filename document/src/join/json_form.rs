//! What JSON shows of a value.

use crate::geometry::{path, path_text};
use crate::tokens::{dtcg, library};
use transit::value::Value;

/// The bytes of a value in JSON, as [`readable`] says.
pub(super) fn write(value: Value) -> Vec<u8> {
    transit::json::write(&readable(value))
}

/// What JSON shows of a value of a document or of a change: paths are the text of an SVG path, a library of tokens is
/// its file form (see [`crate::tokens::dtcg`]), and an empty one is nil. The rest is as [`Value::to_json`] says.
pub fn readable(value: Value) -> Value {
    let each = |items: Vec<Value>| items.into_iter().map(readable).collect();
    match value {
        Value::Tagged(tag, inner) => tagged(tag, *inner),
        Value::Vec(items) => Value::Vec(each(items)),
        Value::List(items) => Value::List(each(items)),
        Value::Set(items) => Value::Set(each(items)),
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (key, readable(value))).collect())
        }
        value => value,
    }
}

fn tagged(tag: String, inner: Value) -> Value {
    if tag == path::TAG
        && let Value::Bytes(bytes) = &inner
    {
        return path::unpack(bytes).map_or(inner, |segments| Value::Str(path_text::write(&segments)));
    }
    if tag == library::TAG {
        let value = Value::Tagged(tag, Box::new(inner));
        // What is no library after all is shown as it is.
        return dtcg::write(&value).map_or(value, |file| file.unwrap_or(Value::Nil));
    }
    Value::Tagged(tag, Box::new(readable(inner)))
}
