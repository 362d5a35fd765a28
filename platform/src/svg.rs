//! SVG pictures: capped, cleaned of everything that acts or loads, and measured. Run it on the [`crate::cpu`] pool.
//!
//! Three passes over bounded text: ours caps and simplifies, the allow-list of svg-hush decides what stays,
//! ours again removes references to anything outside the document.

mod clean;
mod css;
mod decode;
mod error;
mod limits;
mod prepare;
mod size;

use std::io::{self, Write};

pub use error::SvgError;
pub use limits::Limits;
pub use size::Size;

/// The same picture without scripts, event handlers, foreign content and outside references.
///
/// The same input always gives the same output. Embedded PNG, JPEG and GIF data stays.
///
/// # Errors
/// Any [`SvgError`]. Nothing is expanded before the caps are checked.
pub fn sanitise(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, SvgError> {
    if bytes.len() > limits.bytes_max {
        return Err(SvgError::TooLarge(limits.bytes_max));
    }
    let text = decode::decode(bytes)?;
    let (simple, _) = prepare::prepare(&text, limits)?;
    let mut filter = svg_hush::Filter::new();
    filter.set_data_url_filter(svg_hush::data_url_filter::allow_standard_images);
    let mut allowed = Capped { bytes: Vec::new(), bytes_max: limits.output_bytes_max, full: false };
    let filtered = filter.filter(simple.as_bytes(), &mut allowed);
    if allowed.full {
        return Err(SvgError::TooLarge(limits.output_bytes_max));
    }
    filtered.map_err(|error| SvgError::Malformed(error.to_string()))?;
    clean::clean(&allowed.bytes)
}

/// The size the picture asks for: numeric width and height, else those of its view box, else 100 × 100.
///
/// # Errors
/// Any [`SvgError`]; the whole document is read under the caps. A cleaned file may be as large as the output.
pub fn size(bytes: &[u8], limits: &Limits) -> Result<Size, SvgError> {
    let bytes_max = limits.bytes_max.max(limits.output_bytes_max);
    if bytes.len() > bytes_max {
        return Err(SvgError::TooLarge(bytes_max));
    }
    let (_, size) = prepare::prepare(&decode::decode(bytes)?, limits)?;
    Ok(size)
}

/// Takes no more than it may and remembers that there was more.
struct Capped {
    bytes: Vec<u8>,
    bytes_max: usize,
    full: bool,
}

impl Write for Capped {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len().saturating_add(piece.len()) > self.bytes_max {
            self.full = true;
            return Err(io::Error::other("the output is full"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
