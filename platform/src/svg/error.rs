//! Why an SVG is refused.

/// Entities are texts to XML, and names or other texts to HTML.
pub(super) const OTHERWISE: &str = "has entities that HTML reads otherwise";

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
    /// An element has too many attributes.
    #[error("an element of the SVG has more than {0} attributes")]
    TooManyAttributes(usize),
    /// The document type declares what browsers do not read, or too much of what they do.
    #[error("the document type of the SVG {0}")]
    Declarations(&'static str),
    /// An entity that the document does not declare.
    #[error("the SVG uses an entity that it does not declare")]
    Undeclared,
    /// The root is not an `svg` element.
    #[error("the root element is not svg")]
    NotSvg,
    /// The root is called `svg`, but is something else's.
    #[error("the root element is not in the namespace http://www.w3.org/2000/svg")]
    OtherNamespace,
    /// The file is compressed.
    #[error("the SVG is compressed (svgz): send it unpacked")]
    Compressed,
    /// Not well-formed XML, or text in an encoding we do not read.
    #[error("the SVG cannot be read: {what} at byte {at}")]
    Malformed {
        /// What is wrong.
        what: &'static str,
        /// Where: bytes of UTF-8 before it.
        at: usize,
    },
}
