//! What is wrong with a font.

/// Why a file is not taken as a font, in words for whoever made it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    /// None of the packings that we know.
    #[error("the file is no font: it is neither TrueType, OpenType, WOFF nor WOFF 2")]
    Unknown,
    /// Several fonts in one file.
    #[error("the file is a collection of several fonts: take them apart, and upload each")]
    Collection,
    /// It does not keep to its own format.
    #[error("the font is broken: {0}")]
    Broken(String),
    /// Browsers refuse it.
    #[error("browsers refuse this font: {0}")]
    Unusable(String),
    /// It unpacks to too much.
    #[error("unpacked, the font has more than {bytes_max} bytes")]
    TooLarge {
        /// What it may have.
        bytes_max: u64,
    },
    /// Turning its outlines takes too long.
    #[error("the outlines of the font are too complicated: they take longer than {seconds} s")]
    TooSlow {
        /// What they may take.
        seconds: u64,
    },
}

impl FontError {
    /// It does not keep to its own format.
    pub(super) fn broken(why: impl Into<String>) -> FontError {
        FontError::Broken(why.into())
    }

    /// A table does not keep to its format.
    pub(super) fn table(tag: &str, why: &str) -> FontError {
        FontError::Broken(format!("table {tag}: {why}"))
    }
}
