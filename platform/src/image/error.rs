//! Why a picture is refused.

use super::format::Format;

/// Why a picture is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// The bytes are something else than declared, or no picture we know.
    #[error("declared as {declared} but is {}", found.map_or("something else", Format::mtype))]
    TypeMismatch {
        /// As the client said.
        declared: String,
        /// As the bytes say.
        found: Option<Format>,
    },
    /// More pixels than allowed; nothing was decoded.
    #[error("{width} × {height} pixels are more than the {pixels_max} allowed")]
    TooManyPixels {
        /// Pixels.
        width: u32,
        /// Pixels.
        height: u32,
        /// The limit.
        pixels_max: u64,
    },
    /// Decoding would take more memory than allowed.
    #[error("the picture takes too much memory to decode")]
    TooMuchMemory,
    /// Broken, cut off or empty.
    #[error("not a valid picture: {0}")]
    Invalid(String),
}
