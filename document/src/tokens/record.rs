//! The maps that tokens, sets and themes are on the wire: read with their tag or without, kept whole.

use crate::fault::Fault;
use crate::schema::check::check;
use crate::schema::coerce::coerce;
use crate::schema::kind::Schema;
use transit::each_key_once;
use transit::value::Value;
use uuid::Uuid;

/// The map of a record that fits a schema, under its tag or not. Nils stay in it.
///
/// # Errors
/// [`Fault`] of the first field that does not fit.
pub(super) fn read(tag: &str, schema: &Schema, value: Value) -> Result<Value, Fault> {
    let map = match value {
        Value::Tagged(own, inner) if own == tag => *inner,
        value => value,
    };
    if !matches!(map, Value::Map(_)) {
        return Err(Fault::data("should be a map"));
    }
    let map = coerce(schema, map);
    check(schema, &map)?;
    Ok(map)
}

/// What is left of a map without nils; of equal names the later counts.
pub(super) fn without_nils(map: Value) -> Value {
    let Value::Map(entries) = map else { return Value::Map(Vec::new()) };
    let mut entries = each_key_once(entries);
    entries.retain(|(_, value)| !value.is_nil());
    Value::Map(entries)
}

/// What stands under a name where nothing was sent.
pub(super) fn default(map: &mut Value, name: &str, value: impl FnOnce() -> Value) {
    if map.some(name).is_none() {
        map.put(name, value());
    }
}

/// Takes a uuid out. A schema has asked for it.
pub(super) fn take_id(map: &mut Value) -> Uuid {
    map.take("id").and_then(|id| id.as_uuid()).unwrap_or_default()
}

/// Takes a text out; without one it is empty.
pub(super) fn take_text(map: &mut Value, name: &str) -> String {
    match map.take(name) {
        Some(Value::Str(text)) => text,
        _ => String::new(),
    }
}

/// A record again: what has a field of its own in front of the rest.
pub(super) fn write<const N: usize>(tag: &str, fields: [(&str, Value); N], rest: &Value) -> Value {
    let own = fields.into_iter().map(|(name, value)| (Value::keyword(name), value));
    Value::tagged(tag, Value::Map(own.chain(rest.entries().iter().cloned()).collect()))
}
