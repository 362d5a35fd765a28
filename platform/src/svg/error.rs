//! Why an SVG is refused.

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

/// What the parser says when it gives up.
pub(super) fn malformed(error: impl std::fmt::Display) -> SvgError {
    SvgError::Malformed(error.to_string())
}
