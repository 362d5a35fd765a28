//! Whether a value is what a schema wants.

use super::kind::{Object, Schema};
use crate::fault::Fault;
use crate::geometry::path;
use std::ops::RangeInclusive;
use transit::value::Value;

/// Numbers of a drawing stay in the range of 32 bits.
const RANGE: RangeInclusive<f64> = -2_147_483_648.0..=2_147_483_647.0;

/// Refuses a value that does not fit, and says at which place.
///
/// # Errors
/// [`Fault`] of the first place that does not fit.
pub(crate) fn check(schema: &Schema, value: &Value) -> Result<(), Fault> {
    let fits = match (schema, value) {
        (Schema::Any, _)
        | (Schema::Bool, Value::Bool(_))
        | (Schema::Str, Value::Str(_))
        | (Schema::Keyword, Value::Keyword(_))
        | (Schema::Id, Value::Uuid(_))
        | (Schema::Instant, Value::Instant(_)) => true,
        (Schema::Int, Value::Int(number)) => i32::try_from(*number).is_ok(),
        (Schema::Number, _) => value.as_number().is_some_and(|number| RANGE.contains(&number)),
        (Schema::Share, _) => value.as_number().is_some_and(|number| (0.0..=1.0).contains(&number)),
        (Schema::Text, Value::Str(text)) => !text.trim().is_empty(),
        (Schema::Color, Value::Str(text)) => is_color(text),
        (Schema::Word(words), Value::Keyword(word)) => words.contains(&word.as_str()),
        (Schema::Literal(literal), Value::Str(text)) => text == literal,
        (Schema::List(item), Value::Vec(items)) => return each(item, items),
        (Schema::Filled(item), Value::Vec(items)) if !items.is_empty() => return each(item, items),
        (Schema::Set(item), Value::Set(items)) => return each(item, items),
        (Schema::Map(key, item), Value::Map(entries)) => return map(key, item, entries),
        (Schema::Object(object), Value::Map(entries)) => return fields(object, entries),
        (Schema::Record(tag, object), Value::Tagged(own, inner)) if tag == own => {
            return match &**inner {
                Value::Map(entries) => fields(object, entries),
                _ => Err(Fault::data("should hold a map")),
            };
        }
        (Schema::Path, Value::Tagged(tag, inner)) if tag == path::TAG => {
            matches!(&**inner, Value::Bytes(bytes) if path::is_valid(bytes))
        }
        _ => false,
    };
    if fits { Ok(()) } else { Err(Fault::data(format!("should be {}", describe(schema)))) }
}

fn each(item: &Schema, items: &[Value]) -> Result<(), Fault> {
    (0..).zip(items).try_for_each(|(i, value): (usize, _)| {
        check(item, value).map_err(|fault| fault.under(&i.to_string()))
    })
}

fn map(key: &Schema, item: &Schema, entries: &[(Value, Value)]) -> Result<(), Fault> {
    entries.iter().try_for_each(|(name, value)| {
        check(key, name).map_err(|fault| Fault::data(format!("a key {}", fault.reason)))?;
        check(item, value).map_err(|fault| fault.under(&place(name)))
    })
}

/// The entries of an object, or of a record. Nil under a name that may be absent is absent.
pub(crate) fn fields(object: &Object, entries: &[(Value, Value)]) -> Result<(), Fault> {
    for (name, value) in entries {
        let field = name.as_keyword().and_then(|name| object.field(name));
        match field {
            Some(field) if !value.is_nil() => {
                check(&field.schema, value).map_err(|fault| fault.under(field.name))?;
            }
            Some(_) => {}
            None if object.closed => return Err(Fault::data("should not be there").under(&place(name))),
            None => {}
        }
    }
    let get = |name: &str| {
        let found = entries.iter().rev().find(|(key, _)| key.as_keyword() == Some(name));
        found.map(|(_, value)| value).filter(|value| !value.is_nil())
    };
    let is_there = |name: &str| get(name).is_some();
    if let Some(field) = object.fields.iter().find(|field| field.required && !is_there(field.name)) {
        return Err(Fault::data("should be there").under(field.name));
    }
    if let Some((other, word, name)) = object.needs
        && get(other).and_then(Value::as_keyword) == Some(word)
        && !is_there(name)
    {
        return Err(Fault::data(format!("should be there with {other} {word}")).under(name));
    }
    let count = object.one_of.iter().filter(|name| is_there(name)).count();
    if count != 1 && !object.one_of.is_empty() {
        return Err(Fault::data(format!("should have exactly one of {}", object.one_of.join(", "))));
    }
    Ok(())
}

/// A key in a path.
fn place(key: &Value) -> String {
    match key {
        Value::Keyword(name) | Value::Str(name) => name.clone(),
        Value::Uuid(id) => id.to_string(),
        _ => "?".to_owned(),
    }
}

fn is_color(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('#') else { return false };
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a schema wants, for people.
fn describe(schema: &Schema) -> String {
    match schema {
        Schema::Any => "anything".to_owned(),
        Schema::Bool => "a boolean".to_owned(),
        Schema::Int => "an integer of at most 32 bits".to_owned(),
        Schema::Number => "a number between -2147483648 and 2147483647".to_owned(),
        Schema::Share => "a number between 0 and 1".to_owned(),
        Schema::Str => "text".to_owned(),
        Schema::Text => "text that is not blank".to_owned(),
        Schema::Color => "a colour such as #1A2B3C".to_owned(),
        Schema::Word(words) => format!("one of the keywords {}", words.join(", ")),
        Schema::Literal(text) => format!("the text {text}"),
        Schema::Keyword => "a keyword".to_owned(),
        Schema::Id => "a uuid".to_owned(),
        Schema::Instant => "an instant".to_owned(),
        Schema::List(_) => "a vector".to_owned(),
        Schema::Filled(_) => "a vector with at least one element".to_owned(),
        Schema::Set(_) => "a set".to_owned(),
        Schema::Map(..) | Schema::Object(_) => "a map".to_owned(),
        Schema::Record(tag, _) => format!("a {tag}"),
        Schema::Path => "the segments of a path with finite coordinates".to_owned(),
    }
}
