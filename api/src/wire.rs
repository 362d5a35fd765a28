//! Between typed values and the types that methods declare. `shape` is the heart: poem-openapi's own schema, compiled.
//!
//! The way in: bytes become a [`transit::value::Value`] (`transit::read`, `transit::json::read`, or text
//! fields by hand), [`Accept`](accept::Accept) walks it beside the method's [`Shape`](shape::Shape), coercing and
//! collecting every problem, and what it returns is read by `parse_from_json` inside [`attach::scope`].
//! The way out: `to_json` inside [`attach::scope`], then [`Emit`](emit::Emit) writes transit beside the shape; JSON
//! clients get `to_json`'s value, made inside [`attach::json_scope`], with documents in their places.
//!
//! What the pipeline calls:
//! - `Shapes::default()`, then `Shapes::compile(&registry, &schema) -> Id` for every params and answer type, at start
//! - `Accept::new(&shapes, files)`, `walk(id, value) -> Json`; only if `problems` is empty is the JSON of any use;
//!   `table` then goes to `attach::scope(table, || M::Params::parse_from_json(..))`
//! - `attach::add_file(&mut table, file) -> Value`: the value to put under the field's name for an uploaded file
//! - `Emit::new(shapes, table).document(id, &json, verbose) -> Encoded`: bytes, and documents that become bytes when
//!   their turn comes
//!
//! Error codes for bytes that do not parse: `malformed-json` for JSON and `malformed-transit` for transit, both with
//! status 400 and the reader's own words as hint.
//!
//! Value types for methods, which carry on their schema what transit must know: [`Instant`], [`Duration`],
//! [`Keyword`], [`Text`], [`Email`], [`Uri`], [`Bytes`], [`Point`], [`Set`], [`Map`], [`Opaque`],
//! [`Upload`]. Closed keywords are `#[derive(Enum)]`; `Uuid`, numbers, `String`, `Vec` and `Option` work bare.

pub mod accept;
pub mod attach;
mod bytes;
mod document;
mod document_type;
pub mod emit;
pub mod encoded;
mod map;
mod opaque;
mod point;
mod scalar;
mod set;
pub mod shape;
mod text;
mod time;
mod upload;

pub use attach::UploadFile;
pub use bytes::Bytes;
pub use document::Document;
pub use map::{Key, Map};
pub use opaque::Opaque;
pub use point::Point;
pub use set::Set;
pub use text::{Email, Keyword, Text, Uri};
pub use time::{Duration, Instant};
pub use upload::Upload;

#[cfg(test)]
mod tests;
