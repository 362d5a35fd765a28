//! A point of a drawing.

use super::scalar::scalar_type;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON};
use serde_json::{Value as Json, json};

/// A point of a drawing. JSON shows a map of `x` and `y`; transit its point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// From left to right.
    pub x: f64,
    /// From top to bottom.
    pub y: f64,
}
scalar_type!(Point, "point", schema());

fn schema() -> MetaSchema {
    let number = || MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("number", "double")));
    MetaSchema {
        properties: vec![("x", number()), ("y", number())],
        required: vec!["x", "y"],
        ..MetaSchema::new_with_format("object", "point")
    }
}

impl ParseFromJSON for Point {
    fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
        let json = json.unwrap_or_default();
        let number = |name| json.get(name).and_then(Json::as_f64).ok_or_else(ParseError::expected_input);
        Ok(Self { x: number("x")?, y: number("y")? })
    }
}

impl ToJSON for Point {
    fn to_json(&self) -> Option<Json> {
        Some(json!({"x": self.x, "y": self.y}))
    }
}
