//! SVG pictures: capped, cleaned of everything that acts or loads, and measured. Run it on the [`crate::cpu`] pool.
//!
//! Three passes over bounded text: ours caps and simplifies, the allow-list of svg-hush decides what stays,
//! ours again removes references to anything outside the document.

mod clean;
mod css;
mod decode;
mod prepare;
mod size;

use std::io::{self, Write};

/// What an SVG may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of the file as uploaded.
    pub bytes_max: usize,
    /// Elements within elements.
    pub depth_max: usize,
    /// Elements in all.
    pub elements_max: usize,
    /// Of the cleaned file.
    pub output_bytes_max: usize,
}

impl Default for Limits {
    /// 10 MiB, 256 levels, 200,000 elements, 32 MiB cleaned.
    fn default() -> Limits {
        Limits {
            bytes_max: 10 * 1024 * 1024,
            depth_max: 256,
            elements_max: 200_000,
            output_bytes_max: 32 * 1024 * 1024,
        }
    }
}

/// Width and height in pixels, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why an SVG is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SvgError {
    /// The file is larger than allowed.
    #[error("the SVG has more than {0} bytes")]
    TooLarge(usize),
    /// Elements are nested too deep.
    #[error("the SVG has more than {0} levels")]
    TooDeep(usize),
    /// There are too many elements.
    #[error("the SVG has more than {0} elements")]
    TooManyElements(usize),
    /// The document declares entities or other markup of its own.
    #[error("the SVG declares entities")]
    Declarations,
    /// The root is not an `svg` element.
    #[error("the root element is not svg")]
    NotSvg,
    /// Not well-formed XML, or text in an encoding we do not read.
    #[error("the SVG cannot be read: {0}")]
    Malformed(String),
}

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

/// What the parser says when it gives up.
fn malformed(error: impl std::fmt::Display) -> SvgError {
    SvgError::Malformed(error.to_string())
}

#[cfg(test)]
mod tests;
