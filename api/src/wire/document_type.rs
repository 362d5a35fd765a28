//! What schemas and answers know of documents.

use super::attach;
use super::document::Document;
use super::scalar::scalar_type;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON};
use serde_json::Value as Json;

scalar_type!(
    Document,
    "opaque",
    MetaSchema { description: Some("Free data."), ..MetaSchema::new_with_format("", "opaque") }
);

/// `derive(Object)` writes both directions. Nobody sends a document so.
impl ParseFromJSON for Document {
    fn parse_from_json(_: Option<Json>) -> ParseResult<Self> {
        Err(ParseError::expected_input())
    }
}

impl ToJSON for Document {
    fn to_json(&self) -> Option<Json> {
        attach::put_document(self)
    }
}
