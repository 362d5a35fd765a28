//! Decoding what JSON cannot say: a keyword, a uuid or a set comes as text or as an array, a record as an object, a
//! path as the text of an SVG path. Clients that write transit may send these forms too.
//!
//! What cannot be decoded stays as it is: checking refuses it and says where.

use super::kind::{Object, Schema};
use crate::geometry::number::Number;
use crate::geometry::{path, path_text};
use transit::value::{Value, instant_of};
use transit::{each_item_once, each_key_once};
use uuid::Uuid;

/// The value in the form that the schema wants, where that can be told.
pub(crate) fn coerce(schema: &Schema, value: Value) -> Value {
    match (schema, value) {
        (Schema::Bool, Value::Str(text)) => match text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::Str(text),
        },
        (Schema::Int, Value::Str(text)) => text.parse().map_or(Value::Str(text), Value::Int),
        (Schema::Number | Schema::Share, Value::Str(text)) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Float(number),
            _ => Value::Str(text),
        },
        (Schema::Word(_) | Schema::Keyword, Value::Str(text)) => Value::Keyword(text),
        (Schema::Id, Value::Str(text)) => id_of(&text).map_or(Value::Str(text), Value::Uuid),
        (Schema::Instant, Value::Int(millis)) => Value::Instant(millis),
        (Schema::Instant, Value::Str(text)) => instant_of(&text).map_or(Value::Str(text), Value::Instant),
        (Schema::List(item) | Schema::Filled(item), value) => match sequence(value) {
            Ok(items) => Value::Vec(items.into_iter().map(|value| coerce(item, value)).collect()),
            Err(value) => value,
        },
        (Schema::Set(item), value) => match sequence(value) {
            Ok(items) => {
                Value::Set(each_item_once(items.into_iter().map(|value| coerce(item, value)).collect()))
            }
            Err(value) => value,
        },
        (Schema::Map(key, item), value) => map(key, item, value),
        (Schema::Object(object), Value::Map(entries)) => Value::Map(fields(object, entries)),
        (Schema::Record(tag, object), value) => record(tag, object, value),
        (Schema::Path, value) => packed(value),
        (_, value) => value,
    }
}

/// A uuid in its usual form.
pub(crate) fn id_of(text: &str) -> Option<Uuid> {
    // Other forms that the parser knows have another length.
    if text.len() == 36 { Uuid::try_parse(text).ok() } else { None }
}

/// The elements of a vector, list or set, an ordered one included; else the value as it was.
pub(crate) fn sequence(value: Value) -> Result<Vec<Value>, Value> {
    match value {
        Value::Vec(items) | Value::List(items) | Value::Set(items) => Ok(items),
        Value::Tagged(tag, inner) if tag == "ordered-set" || tag == "penpot/fills" => match *inner {
            Value::Vec(items) | Value::List(items) => Ok(items),
            inner => Err(Value::Tagged(tag, Box::new(inner))),
        },
        value => Err(value),
    }
}

fn map(key: &Schema, item: &Schema, value: Value) -> Value {
    let entries = match value {
        Value::Map(entries) => entries,
        Value::Tagged(tag, inner) if tag == "ordered-map" => match pairs(&inner) {
            Some(entries) => entries,
            None => return Value::Tagged(tag, inner),
        },
        value => return value,
    };
    let one = |(name, value)| (coerce_key(key, name), coerce(item, value));
    Value::Map(each_key_once(entries.into_iter().map(one).collect()))
}

/// A vector of pairs: how ordered maps are written.
fn pairs(value: &Value) -> Option<Vec<(Value, Value)>> {
    let pair = |pair: &Value| match pair.items()? {
        [name, value] => Some((name.clone(), value.clone())),
        _ => None,
    };
    value.items()?.iter().map(pair).collect()
}

/// Names of JSON objects are keywords here, whatever they name.
fn coerce_key(schema: &Schema, key: Value) -> Value {
    match (schema, key) {
        (Schema::Id | Schema::Str | Schema::Text, Value::Keyword(name)) => coerce(schema, Value::Str(name)),
        (schema, key) => coerce(schema, key),
    }
}

/// The entries of an object or a record, each in the form that its field wants.
pub(crate) fn fields(object: &Object, entries: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    let one = |(name, value): (Value, Value)| {
        let field = name.as_keyword().and_then(|name| object.field(name));
        let value = match field {
            Some(field) => coerce(&field.schema, value),
            None => value,
        };
        (name, value)
    };
    entries.into_iter().map(one).collect()
}

fn record(tag: &'static str, object: &Object, value: Value) -> Value {
    match value {
        Value::Map(entries) => {
            let mut record = Value::Map(fields(object, entries));
            if tag == "rect" {
                complete_rect(&mut record);
            }
            Value::tagged(tag, record)
        }
        Value::Tagged(own, inner) if own == tag => match *inner {
            Value::Map(entries) => Value::tagged(tag, Value::Map(fields(object, entries))),
            inner => Value::Tagged(own, Box::new(inner)),
        },
        Value::Str(text) => match numbers(tag, &text) {
            Some(numbers) => {
                let named =
                    object.fields.iter().map(|field| field.name).zip(numbers.into_iter().map(Value::Float));
                Value::tagged(tag, Value::map(named))
            }
            None => Value::Str(text),
        },
        value => value,
    }
}

/// The numbers of a point or a matrix that was sent as text.
fn numbers(tag: &str, text: &str) -> Option<Vec<f64>> {
    let count = match tag {
        "point" => 2,
        "matrix" => 6,
        _ => return None,
    };
    let inner = text.trim().trim_start_matches("matrix").trim_matches(['(', ')']);
    let numbers: Option<Vec<f64>> = inner
        .split([',', ' '])
        .filter(|word| !word.is_empty())
        .map(|word| word.parse().ok().filter(|number: &f64| number.is_finite()))
        .collect();
    numbers.filter(|numbers| numbers.len() == count)
}

/// The far corner of a rectangle follows from the rest.
fn complete_rect(rect: &mut Value) {
    let number = |rect: &Value, name| rect.get(name).and_then(Number::of);
    for (corner, start, size) in
        [("x1", "x", None), ("y1", "y", None), ("x2", "x", Some("width")), ("y2", "y", Some("height"))]
    {
        if rect.some(corner).is_some() {
            continue;
        }
        let Some(start) = number(rect, start) else { continue };
        let far = match size {
            None => Some(start),
            Some(size) => number(rect, size).map(|size| start.plus(size)),
        };
        if let Some(far) = far {
            rect.put(corner, far.to_value());
        }
    }
}

/// The segments of a path, packed, of whatever form they came in.
fn packed(value: Value) -> Value {
    let bytes = match &value {
        Value::Str(text) => path_text::parse(text).map(|segments| path::pack(&segments)),
        Value::Vec(items) | Value::List(items) => {
            let segments: Option<Vec<_>> = items.iter().map(path::segment_of).collect();
            segments.map(|segments| path::pack(&segments))
        }
        Value::Tagged(tag, inner) if tag == path::TAG => match &**inner {
            Value::Vec(_) | Value::List(_) => return packed((**inner).clone()),
            _ => None,
        },
        _ => None,
    };
    bytes.map_or(value, |bytes| Value::tagged(path::TAG, Value::Bytes(bytes)))
}
