//! Bytes among a method's params: base64 text in JSON.

use super::scalar::scalar_type;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON};
use serde_json::Value as Json;

/// Bytes, shared: they may be many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(
    /// What they are.
    pub bytes::Bytes,
);
scalar_type!(Bytes, "bytes", MetaSchema::new_with_format("string", "byte"));

impl ParseFromJSON for Bytes {
    fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
        match json.as_ref().and_then(Json::as_str).map(|text| BASE64.decode(text)) {
            Some(Ok(bytes)) => Ok(Self(bytes.into())),
            _ => Err(ParseError::expected_input()),
        }
    }
}

impl ToJSON for Bytes {
    fn to_json(&self) -> Option<Json> {
        Some(BASE64.encode(&self.0).into())
    }
}
