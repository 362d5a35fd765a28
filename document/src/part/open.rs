//! A part whose attributes are at hand.

use super::columns::Columns;
use super::key::{Kind, PartKey};
use super::row::Part;
use crate::references;
use std::borrow::Cow;
use transit::value::Value;
use transit::{Limits, ReadError};

/// A part, decoded. Nil and absent are the same for its attributes, and its id is its key's.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenPart {
    key: PartKey,
    /// The attributes that have a column.
    pub columns: Columns,
    /// The others: a map, or whatever a library of tokens is.
    value: Value,
}

impl OpenPart {
    /// A part of the whole value it has in a document. Attributes that are nil are left out; of equal ones the later
    /// counts.
    pub fn new(key: PartKey, value: Value) -> OpenPart {
        if key.kind == Kind::Tokens {
            return OpenPart { key, columns: Columns::default(), value };
        }
        let mut part = OpenPart { key, columns: Columns::default(), value: Value::Map(Vec::new()) };
        let entries = match value {
            Value::Tagged(_, inner) => *inner,
            value => value,
        };
        let Value::Map(entries) = entries else { return part };
        let mut plain = Vec::with_capacity(entries.len());
        for (name, value) in transit::each_key_once(entries) {
            let value = match name.as_keyword() {
                Some("id") if part.has_id() => None,
                Some(name) => part.columns.put(key.kind, name, value),
                None => Some(value),
            };
            plain.extend(value.filter(|value| !value.is_nil()).map(|value| (name, value)));
        }
        part.value = Value::Map(plain);
        part
    }

    /// A stored part, decoded; none when its bytes were not loaded.
    ///
    /// # Errors
    /// [`ReadError`] when the bytes are no transit.
    pub fn read(part: &Part) -> Result<Option<OpenPart>, ReadError> {
        let Some(raw) = &part.raw else { return Ok(None) };
        let value = transit::read(raw, &Limits::STORED)?;
        Ok(Some(OpenPart { key: part.key, columns: part.columns.clone(), value }))
    }

    /// The row to store.
    pub fn to_part(&self) -> Part {
        let mut media = references::media(&self.value);
        if self.key.kind == Kind::Media {
            media.insert(self.key.id);
        }
        Part {
            key: self.key,
            columns: self.columns.clone(),
            media: media.into_iter().collect(),
            raw: Some(transit::write_plain(&self.value)),
        }
    }

    /// Which part it is.
    pub fn key(&self) -> PartKey {
        self.key
    }

    /// The attributes without column, as a map; a library of tokens as it is.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The same, to change it. What has a column must not be put here: see [`OpenPart::set`].
    pub(crate) fn value_mut(&mut self) -> &mut Value {
        &mut self.value
    }

    /// An attribute.
    pub fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        if name == "id" && self.has_id() {
            return Some(Cow::Owned(Value::Uuid(self.key.id)));
        }
        let column = self.columns.get(self.key.kind, name).map(Cow::Owned);
        column.or_else(|| self.value.some(name).map(Cow::Borrowed))
    }

    /// An attribute without column.
    pub fn plain(&self, name: &str) -> Option<&Value> {
        self.value.some(name)
    }

    /// Stores an attribute, or takes it away when it is nil. The id stays that of the key.
    pub fn set(&mut self, name: &str, value: Value) {
        if name == "id" && self.has_id() {
            return;
        }
        match self.columns.put(self.key.kind, name, value) {
            None | Some(Value::Nil) => drop(self.value.take(name)),
            Some(value) => self.value.put(name, value),
        }
    }

    /// The whole value that the part has in a document.
    pub fn to_value(&self) -> Value {
        if self.key.kind == Kind::Tokens {
            return self.value.clone();
        }
        let id = self.has_id().then(|| (Value::keyword("id"), Value::Uuid(self.key.id)));
        let columns = Columns::names(self.key.kind)
            .iter()
            .filter_map(|name| Some((Value::keyword(name), self.columns.get(self.key.kind, name)?)));
        let entries = id.into_iter().chain(columns).chain(self.value.entries().iter().cloned());
        let map = Value::Map(entries.collect());
        if self.key.kind == Kind::Shape { Value::tagged("shape", map) } else { map }
    }

    /// Whether the attribute `id` is the key's. The file's is known to whoever stores it.
    fn has_id(&self) -> bool {
        !matches!(self.key.kind, Kind::File | Kind::Tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::Container;
    use super::*;
    use uuid::Uuid;

    fn id(number: u128) -> Value {
        Value::Uuid(Uuid::from_u128(number))
    }

    fn key() -> PartKey {
        PartKey::shape(Container::Page(Uuid::from_u128(100)), Uuid::from_u128(7))
    }

    /// Every column with its type, and with another.
    fn shapes() -> [Value; 3] {
        let odd = Value::tagged("unknown-tag", Value::Set(vec![Value::Bytes(vec![0, 255]), Value::Nil]));
        let whole = Value::map([
            ("id", id(7)),
            ("type", Value::keyword("frame")),
            ("parent-id", id(1)),
            ("frame-id", id(2)),
            ("component-id", id(3)),
            ("component-file", id(4)),
            ("shape-ref", id(5)),
            ("component-root", Value::Bool(true)),
            ("main-instance", Value::Bool(false)),
            ("shapes", Value::Vec(vec![id(8), id(8)])),
            ("odd-attribute", odd),
        ]);
        let names = whole.entries().iter().skip(1).map(|(name, _)| (name.clone(), Value::text("wrong type")));
        let wrong = Value::Map([(Value::keyword("id"), id(7))].into_iter().chain(names).collect());
        let keys = vec![
            (Value::keyword("id"), id(7)),
            (Value::keyword("type"), Value::keyword("o\"dd")),
            (Value::keyword("shapes"), Value::Vec(vec![id(1), Value::Nil])),
            (Value::Vec(vec![Value::Int(1)]), Value::text("a key that is no word")),
            (Value::text("text/key"), Value::Int(1)),
        ];
        [whole, wrong, Value::Map(keys)].map(|map| Value::tagged("shape", map))
    }

    #[test]
    fn a_part_is_its_value_again_decoded_stored_and_spliced() {
        for shape in shapes() {
            let open = OpenPart::new(key(), shape.clone());
            assert!(open.to_value().same(&shape), "{shape:?}");
            let part = open.to_part();
            assert_eq!(OpenPart::read(&part), Ok(Some(open)));
            let mut out = Vec::new();
            part.splice(&mut out);
            let read = transit::read(&out, &Limits::STORED).expect("transit");
            assert!(read.same(&shape), "{read:?}");
        }
    }

    #[test]
    fn an_attribute_lives_in_one_place() {
        let mut open = OpenPart::new(key(), Value::map([("component-id", id(1))]));
        assert_eq!((open.columns.component, open.plain("component-id")), (Some(Uuid::from_u128(1)), None));
        open.set("component-id", Value::text("none"));
        assert_eq!(open.columns.component, None);
        assert_eq!(open.get("component-id").as_deref(), Some(&Value::text("none")));
        open.set("component-id", id(2));
        assert_eq!(open.value(), &Value::Map(vec![]));
        open.set("component-id", Value::Nil);
        assert_eq!((open.get("component-id"), open.columns.component), (None, None));
    }

    #[test]
    fn nil_is_absent_and_the_id_is_the_keys() {
        let mut open =
            OpenPart::new(key(), Value::map([("id", id(9)), ("x", Value::Int(1)), ("x", Value::Nil)]));
        open.set("id", Value::Nil);
        assert_eq!((open.get("id").as_deref(), open.get("x")), (Some(&id(7)), None));
        assert_eq!(open.value(), &Value::Map(vec![]));
    }

    #[test]
    fn bytes_that_are_no_transit_are_an_error_and_missing_ones_are_none() {
        let mut part = OpenPart::new(key(), Value::Nil).to_part();
        part.raw = Some(b"[".to_vec());
        assert!(OpenPart::read(&part).is_err());
        part.raw = None;
        assert_eq!(OpenPart::read(&part), Ok(None));
    }
}
