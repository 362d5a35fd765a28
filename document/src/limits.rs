//! How large documents and batches may grow. What a request may cost is bounded before: see `transit::Limits`.

use crate::fault::Fault;
use transit::value::Value;

/// Most changes in one batch.
pub const CHANGES_MAX: usize = 100_000;
/// Most attributes of a shape or of what a library holds; those that nobody knows count too. They are looked through
/// one by one.
pub const ATTRIBUTES_MAX: usize = 1_000;
/// Most steps of one batch: looks at a part, or at some of a long list. A million take a second at most.
pub const STEPS_MAX: u64 = 2_000_000;
/// What each change of a batch may take beside these.
pub const STEPS_OF_CHANGE: u64 = 100;
/// Most operations of one `mod-obj`.
pub const OPERATIONS_MAX: usize = 10_000;
/// Most shapes that one shape may hold, and most pages of a file.
pub const CHILDREN_MAX: usize = 50_000;
/// Most shapes around a shape. Browsers draw by recursion.
pub const DEPTH_MAX: usize = 512;
/// Longest stored part, in bytes of transit.
pub const PART_BYTES_MAX: usize = 8 << 20;

/// Refuses more attributes than one part may have.
pub(crate) fn check_attributes(value: &Value) -> Result<(), Fault> {
    if value.entries().len() > ATTRIBUTES_MAX {
        return Err(Fault::limit(format!("should have at most {ATTRIBUTES_MAX} attributes")));
    }
    Ok(())
}
