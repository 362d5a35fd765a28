//! Sets: arrays for JSON clients, sets for transit clients.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde_json::Value as Json;
use std::borrow::Cow;

/// A set, in the order it came, without doubles when it came from a client. Its schema is an array with `uniqueItems`.
#[derive(Debug, Clone, PartialEq)]
pub struct Set<T>(
    /// The elements.
    pub Vec<T>,
);

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> FromIterator<T> for Set<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Self(items.into_iter().collect())
    }
}

impl<T: Type> Type for Set<T> {
    const IS_REQUIRED: bool = true;
    type RawValueType = Vec<T>;
    type RawElementValueType = T::RawValueType;

    fn name() -> Cow<'static, str> {
        format!("set_{}", T::name()).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            items: Some(Box::new(T::schema_ref())),
            unique_items: Some(true),
            ..MetaSchema::new("array")
        }))
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn as_raw_value(&self) -> Option<&Vec<T>> {
        Some(&self.0)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a T::RawValueType> + 'a> {
        Box::new(self.0.iter().filter_map(Type::as_raw_value))
    }
}

impl<T: ParseFromJSON> ParseFromJSON for Set<T> {
    fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
        Vec::parse_from_json(json).map(Self).map_err(ParseError::propagate)
    }
}

impl<T: ToJSON> ToJSON for Set<T> {
    fn to_json(&self) -> Option<Json> {
        self.0.to_json()
    }
}
