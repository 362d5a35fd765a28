//! Maps whose keys have a type for transit clients.

use super::text::Keyword;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value as Json;
use std::{borrow::Cow, collections::BTreeMap, fmt::Display, str::FromStr};
use uuid::Uuid;

/// A type that map keys can have.
pub trait Key: Ord + Display + FromStr + Send + Sync {
    /// Written as `format` on the map's schema, because OpenAPI 3.0 has no schema for keys.
    const FORMAT: &'static str;
}

impl Key for Uuid {
    const FORMAT: &'static str = "map-of-uuid";
}

impl Key for String {
    const FORMAT: &'static str = "map-of-text";
}

impl Key for Keyword {
    const FORMAT: &'static str = "map-of-keyword";
}

/// A map from keys of one type to values of one type. An object for JSON clients, with the keys as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Map<K, T>(
    /// The entries.
    pub BTreeMap<K, T>,
);

impl<K, T> Default for Map<K, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Key, T: Type> Type for Map<K, T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = T::RawValueType;

    fn name() -> Cow<'static, str> {
        format!("{}_{}", K::FORMAT, T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            additional_properties: Some(Box::new(T::schema_ref())),
            ..MetaSchema::new_with_format("object", K::FORMAT)
        }))
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a T::RawValueType> + 'a> {
        Box::new(self.0.values().filter_map(Type::as_raw_value))
    }
}

impl<K: Key, T: ParseFromJSON> ParseFromJSON for Map<K, T> {
    fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
        let Json::Object(entries) = json.unwrap_or_default() else {
            return Err(ParseError::custom("should be a map"));
        };
        let mut map = BTreeMap::new();
        for (key, value) in entries {
            let value = T::parse_from_json(Some(value)).map_err(ParseError::propagate)?;
            map.insert(key.parse().map_err(|_| ParseError::custom("a key has the wrong form"))?, value);
        }
        Ok(Self(map))
    }
}

impl<K: Key, T: ToJSON> ToJSON for Map<K, T> {
    fn to_json(&self) -> Option<Json> {
        let entries = self.0.iter().filter_map(|(key, value)| Some((key.to_string(), value.to_json()?)));
        Some(Json::Object(entries.collect()))
    }
}
