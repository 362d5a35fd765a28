//! The size a root element asks for.

use quick_xml::events::BytesStart;

use super::error::{SvgError, malformed};

/// Width and height in pixels, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

const DEFAULT: Size = Size { width: 100, height: 100 };

/// Sizes are stored as signed 32-bit numbers; nobody draws larger ones.
const SIDE_MAX: f64 = 1_000_000_000.0;

pub(super) fn of_root(element: &BytesStart<'_>) -> Result<Size, SvgError> {
    let attribute = |name: &str| -> Result<Option<String>, SvgError> {
        let Some(found) = element.try_get_attribute(name).map_err(malformed)? else { return Ok(None) };
        Ok(Some(found.unescape_value().map_err(malformed)?.into_owned()))
    };
    let side = |name: &str| Ok::<_, SvgError>(attribute(name)?.and_then(|text| pixels(&text)));
    if let (Some(width), Some(height)) = (side("width")?, side("height")?) {
        return Ok(Size { width, height });
    }
    Ok(attribute("viewBox")?.and_then(|text| view_box(&text)).unwrap_or(DEFAULT))
}

fn view_box(text: &str) -> Option<Size> {
    let mut numbers = text.split([' ', ',', '\t', '\n', '\r']).filter(|part| !part.is_empty());
    let (width, height) = (numbers.nth(2)?, numbers.next()?);
    Some(Size { width: pixels(width)?, height: pixels(height)? })
}

/// Whole pixels of a plain number or one in `px`; other units depend on where the picture is shown.
fn pixels(text: &str) -> Option<u32> {
    let text = text.trim();
    let number: f64 = text.strip_suffix("px").unwrap_or(text).trim_end().parse().ok()?;
    (number.is_finite() && number > 0.0).then(|| number.round().clamp(1.0, SIDE_MAX) as u32)
}
