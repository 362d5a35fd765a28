//! How strange random changes are.

/// What may come: everything, or only what JSON can say too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// Values and fields that no client of JSON sends.
    Everything,
    /// Only what JSON can say.
    Nothing,
}
