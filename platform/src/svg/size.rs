//! The size a root element asks for.

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

/// Numeric width and height, else those of the view box, else 100 × 100.
pub(super) fn of_root(attribute: impl Fn(&str) -> Option<String>) -> Size {
    let side = |name: &str| attribute(name).and_then(|text| pixels(&text));
    if let (Some(width), Some(height)) = (side("width"), side("height")) {
        return Size { width, height };
    }
    attribute("viewBox").and_then(|text| view_box(&text)).unwrap_or(DEFAULT)
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
