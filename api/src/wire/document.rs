//! Documents: free data that is stored in transit, and may be large.

use super::attach::{self, Attachment};
use super::opaque::Opaque;
use super::scalar::scalar_type;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON};
use serde_json::Value as Json;
use std::sync::Arc;
use transit::limits::{Limits, ReadError, Reason};

/// A document in an answer.
#[derive(Debug, Clone)]
pub enum Document {
    /// As a value, for JSON clients.
    Value(Opaque),
    /// As it is stored, for transit clients: it goes out piece by piece, and is never a value.
    Stored(Arc<String>),
}
scalar_type!(
    Document,
    "opaque",
    MetaSchema { description: Some("Free data."), ..MetaSchema::new_with_format("", "opaque") }
);

impl Document {
    /// From what is stored, as a value.
    ///
    /// # Errors
    /// It is no transit.
    pub fn value(stored: &[u8]) -> Result<Document, ReadError> {
        Ok(Document::Value(transit::read(stored, &Limits::STORED)?.into()))
    }

    /// From what is stored, as it is.
    ///
    /// # Errors
    /// It is no text.
    pub fn stored(stored: Vec<u8>) -> Result<Document, ReadError> {
        let text = String::from_utf8(stored)
            .map_err(|e| ReadError { at: e.utf8_error().valid_up_to(), reason: Reason::NotUtf8 })?;
        Ok(Document::Stored(Arc::new(text)))
    }
}

/// `derive(Object)` writes both directions. Nobody sends a document so.
impl ParseFromJSON for Document {
    fn parse_from_json(_: Option<Json>) -> ParseResult<Self> {
        Err(ParseError::expected_input())
    }
}

impl ToJSON for Document {
    fn to_json(&self) -> Option<Json> {
        match self {
            Document::Value(value) => value.to_json(),
            Document::Stored(text) => attach::put(|| Attachment::Stored(Arc::clone(text))),
        }
    }
}
