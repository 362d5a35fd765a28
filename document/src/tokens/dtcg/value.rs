//! What tokens say, in a library and in a file: a typography and a shadow name their attributes differently.

use crate::tokens::types;
use transit::value::{Value, camel, kebab};

/// The families of a font that are named in one text.
const FAMILY_SEPARATOR: char = ',';

/// A value of a library as a file has it.
pub(super) fn to_file(keyword: &str, value: Value) -> Value {
    let renamed = |value, name: fn(&str) -> Option<&'static str>| match value {
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, value)| (file_key(key, name), value)).collect())
        }
        value => value,
    };
    match (keyword, value) {
        ("typography", value) => renamed(value, types::typography_name),
        ("shadow", Value::Vec(items) | Value::List(items)) => {
            Value::Vec(items.into_iter().map(|item| renamed(item, types::shadow_name)).collect())
        }
        (_, value) => value,
    }
}

fn file_key(key: Value, name: fn(&str) -> Option<&'static str>) -> Value {
    match key {
        Value::Keyword(word) => Value::Str(name(&word).map_or_else(|| camel(&word), str::to_owned)),
        key => key,
    }
}

/// A value of a file as a library has it.
pub(super) fn of_file(keyword: &str, value: Value) -> Value {
    match (keyword, value) {
        ("font-family", value) => families(value),
        ("typography", Value::Map(entries)) => Value::Map(entries.into_iter().map(of_typography).collect()),
        ("shadow", Value::Vec(items)) => Value::Vec(items.into_iter().map(shadow).collect()),
        ("shadow", map @ Value::Map(_)) => Value::Vec(vec![shadow(map)]),
        (_, value) => value,
    }
}

fn families(value: Value) -> Value {
    match value {
        // A reference to another token is one too: `{font.body}`.
        Value::Str(text) => {
            let names = text.split(FAMILY_SEPARATOR).map(str::trim).filter(|name| !name.is_empty());
            Value::Vec(names.map(Value::text).collect())
        }
        value => value,
    }
}

fn of_typography((key, value): (Value, Value)) -> (Value, Value) {
    let Value::Str(name) = key else { return (key, value) };
    let keyword = types::typography_keyword(&name).map_or_else(|| kebab(&name), str::to_owned);
    let value = if keyword == "font-family" { families(value) } else { value };
    (Value::Keyword(keyword), value)
}

/// One shadow. Older files say by `type` whether it falls inwards.
fn shadow(value: Value) -> Value {
    let Value::Map(entries) = value else { return value };
    let (mut shadow, mut kind) = (Value::Map(Vec::new()), None);
    for (key, value) in entries {
        match key {
            Value::Str(name) if name == "type" => kind = Some(value),
            Value::Str(name) => {
                let keyword = types::shadow_keyword(&name).map_or_else(|| kebab(&name), str::to_owned);
                shadow.put(&keyword, value);
            }
            key => shadow.put_at(key, value),
        }
    }
    let is_inset = match shadow.get("inset") {
        Some(Value::Bool(inset)) => *inset,
        Some(Value::Str(text)) if text == "true" || text == "false" => text == "true",
        _ => kind == Some(Value::text("innerShadow")),
    };
    shadow.put("inset", Value::Bool(is_inset));
    shadow
}
