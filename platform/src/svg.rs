//! SVG pictures: capped, freed of everything that acts or loads from outside, and measured. Run it on the
//! [`crate::cpu`] pool.
//!
//! One pass. What stays, stays as it came, byte for byte; what goes is told.

mod attribute;
mod css;
mod decode;
mod decoded;
mod doctype;
mod edits;
mod error;
mod handlers;
mod limits;
mod names;
mod outcome;
mod reference;
mod scope;
mod size;
mod walk;
mod xml;

pub use edits::Removed;
pub use error::SvgError;
pub use limits::Limits;
pub use size::Size;

/// A drawing that neither acts nor loads from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// Its bytes; none when they are those that came.
    pub bytes: Option<Vec<u8>>,
    /// The size it asks for: numeric width and height, else those of its view box, else 100 × 100.
    pub size: Size,
    /// What went.
    pub removed: Removed,
}

/// The same picture without scripts, event handlers and outside references: what came without what went.
///
/// The same input always gives the same output. Pictures and fonts as data stay; drawings as data are cleaned too.
///
/// # Errors
/// Any [`SvgError`]. Work is in proportion to the bytes, and stops at the first cap crossed.
pub fn clean(bytes: &[u8], limits: &Limits) -> Result<Cleaned, SvgError> {
    clean_within(bytes, limits, 0)
}

fn clean_within(bytes: &[u8], limits: &Limits, level: u8) -> Result<Cleaned, SvgError> {
    if bytes.len() > limits.bytes_max {
        return Err(SvgError::TooLarge(limits.bytes_max));
    }
    let file = decode::decode(bytes)?;
    let nested = |inner: &[u8]| {
        let level = level + 1;
        let cleaned = (level <= limits::NESTED_MAX).then(|| clean_within(inner, limits, level))?.ok()?;
        Some((cleaned.bytes, cleaned.removed))
    };
    let (edits, size) = walk::walk(&file.text, (file.is_declared, level == 0), limits, &nested)?;
    let (text, removed) = edits.apply(&file.text);
    let bytes = text.map(|text| decode::encode(text, file.encoding));
    if bytes.as_ref().is_some_and(|bytes| bytes.len() > limits.bytes_max) {
        return Err(SvgError::TooLarge(limits.bytes_max));
    }
    Ok(Cleaned { bytes, size, removed })
}

#[cfg(test)]
mod tests;
