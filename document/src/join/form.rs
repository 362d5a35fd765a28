//! The forms of a document, and what can go wrong on the way to them.

use crate::part::PartKey;
use transit::ReadError;

/// The forms of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Transit.
    Transit,
    /// Verbose transit, which people can read.
    Verbose,
    /// Transit in which each shape of a page is text that holds transit: a client decodes the shapes it looks at.
    ObjectsMap,
    /// JSON: see [`transit::value::Value::to_json`]. Paths are the text of an SVG path.
    Json,
}

/// Why parts were not joined.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum JoinError {
    /// The bytes of a part were not loaded.
    #[error("a part was not loaded: {0:?}")]
    NotLoaded(PartKey),
    /// A part came where it does not belong.
    #[error("a part came out of order: {0:?}")]
    Misplaced(PartKey),
    /// The bytes of a part are no transit.
    #[error("a stored part cannot be read: {0:?}")]
    Unreadable(PartKey, #[source] ReadError),
}
