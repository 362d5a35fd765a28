//! What an SVG may cost.

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
