//! What an SVG may cost.

/// Attributes of one element.
pub(super) const ATTRIBUTES_MAX: usize = 1024;
/// Pictures within pictures, as data.
pub(super) const NESTED_MAX: u8 = 3;

/// What an SVG may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of the file as uploaded, and of the cleaned one.
    pub bytes_max: usize,
    /// Elements within elements.
    pub depth_max: usize,
    /// Elements in all.
    pub elements_max: usize,
}

impl Default for Limits {
    /// 10 MiB, 256 levels, 200,000 elements.
    fn default() -> Limits {
        Limits { bytes_max: 10 * 1024 * 1024, depth_max: 256, elements_max: 200_000 }
    }
}
