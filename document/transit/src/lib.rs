//! The values that both wire forms meet in, and transit in its JSON forms: read under limits, written plainly cached or
//! verbose. Pure: no I/O, no clock, no async, and nothing of what a drawing is.
//!
//! Reading order: [`value`] is the one typed value, [`read`] and [`json`] make it of untrusted bytes under [`limits`],
//! [`write()`], [`write_verbose`] and [`write_plain`] turn it back, and [`splice`] joins what the last one wrote.
//! Reading transit accepts all forms and everything between them. What the value model has no variant for is kept as
//! [`Value::Tagged`] and goes out as it came in. [`Value::same`] compares what is meant.

mod cache;
mod edit;
pub mod json;
mod lexer;
pub mod limits;
mod meaning;
mod once;
mod reader;
mod scalar;
pub mod splice;
#[cfg(test)]
mod tests;
pub mod value;
mod writer;

pub use crate::limits::{Limits, ReadError, Reason};
pub use crate::once::{each_item_once, each_key_once};
pub use writer::Writer;

use crate::value::Value;

/// Reads one transit document, cached or verbose.
///
/// # Errors
/// [`ReadError`] with the byte offset: bad syntax, truncated input, or more than `limits` allow.
pub fn read(input: &[u8], limits: &Limits) -> Result<Value, ReadError> {
    reader::Reader::document(input, limits)
}

/// Writes the compact form, with cache codes.
///
/// A scalar is wrapped in transit's quote, because a document is always an array or an object.
pub fn write(value: &Value) -> Vec<u8> {
    let mut writer = Writer::new(false);
    writer.document(value);
    writer.finish()
}

/// Writes the compact form without cache codes: pieces of it can be joined by [`splice`]. A scalar stands alone,
/// without transit's quote.
pub fn write_plain(value: &Value) -> Vec<u8> {
    let mut writer = Writer::plain();
    writer.value(value, false);
    writer.finish()
}

/// Writes the verbose form: JSON objects for maps and tags, no cache codes.
///
/// Instants stay `~m` and milliseconds here too, unlike other writers' `~t`.
pub fn write_verbose(value: &Value) -> Vec<u8> {
    let mut writer = Writer::new(true);
    writer.document(value);
    writer.finish()
}
