//! Free data: whatever a client sent, kept as it came.

use super::attach::{self, Attachment};
use super::scalar::scalar_type;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON};
use serde_json::Value as Json;
use std::sync::Arc;
use transit::value::Value;

/// Free data. Transit clients get back exactly what was put in; JSON clients see its JSON form.
#[derive(Debug, Clone, PartialEq)]
pub struct Opaque(
    /// The value, shared: it may be large.
    pub Arc<Value>,
);
scalar_type!(
    Opaque,
    "opaque",
    MetaSchema { description: Some("Free data."), ..MetaSchema::new_with_format("", "opaque") }
);

impl From<Value> for Opaque {
    fn from(value: Value) -> Self {
        Self(Arc::new(value))
    }
}

impl ParseFromJSON for Opaque {
    fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
        match json.as_ref().and_then(attach::get) {
            Some(Attachment::Value(value)) => Ok(Self(value)),
            _ => Err(ParseError::expected_input()),
        }
    }
}

impl ToJSON for Opaque {
    fn to_json(&self) -> Option<Json> {
        let handle = attach::put(|| Attachment::Value(self.0.clone()));
        Some(handle.unwrap_or_else(|| self.0.to_json()))
    }
}
