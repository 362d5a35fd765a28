//! Texts without doubles whose order matters: transit's `ordered-set`, an array in JSON.

use crate::wire::Opaque;
use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ParseError, ParseFromJSON, ParseResult, ToJSON, Type},
};
use std::borrow::Cow;
use transit::value::Value;

/// Texts without doubles, in order. For answers only.
#[derive(Debug, Clone)]
pub struct OrderedSet(Opaque);

impl FromIterator<String> for OrderedSet {
    fn from_iter<I: IntoIterator<Item = String>>(texts: I) -> Self {
        let items = texts.into_iter().map(Value::Str).collect();
        OrderedSet(Value::tagged("ordered-set", Value::Vec(items)).into())
    }
}

impl Type for OrderedSet {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "ordered_set".into()
    }

    /// An array to readers of the document, free data to the transit encoder, which keeps the tag.
    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            items: Some(Box::new(String::schema_ref())),
            ..MetaSchema::new_with_format("array", "opaque")
        }))
    }

    fn register(_: &mut Registry) {}

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ToJSON for OrderedSet {
    fn to_json(&self) -> Option<serde_json::Value> {
        self.0.to_json()
    }
}

/// `derive(Object)` writes both directions, so a type for answers alone needs this too.
impl ParseFromJSON for OrderedSet {
    fn parse_from_json(_: Option<serde_json::Value>) -> ParseResult<Self> {
        Err(ParseError::expected_input())
    }
}
