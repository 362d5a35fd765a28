//! How large documents and batches may grow. What a request may cost is bounded before: see `transit::Limits`.

/// Most changes in one batch.
pub const CHANGES_MAX: usize = 100_000;
/// Most operations of one `mod-obj`.
pub const OPERATIONS_MAX: usize = 10_000;
/// Most shapes that one shape may hold, and most pages of a file.
pub const CHILDREN_MAX: usize = 50_000;
/// Most shapes around a shape. Browsers draw by recursion.
pub const DEPTH_MAX: usize = 512;
/// Longest stored part, in bytes of transit.
pub const PART_BYTES_MAX: usize = 8 << 20;
