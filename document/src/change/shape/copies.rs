//! What happens to a copy of a component when what it holds changes.

use crate::part::PartKey;
use crate::stop::Step;
use crate::work::Work;
use transit::value::Value;

/// A copy that got or lost a child is not in step with its main any more.
pub(super) fn fall_out_of_step(work: &mut Work, parent: PartKey) -> Step<()> {
    let is_in_copy = work.parts.find(parent)?.is_some_and(crate::part::Columns::is_in_copy);
    if is_in_copy && let Some(parent) = work.parts.edit(parent)? {
        parent.set("remote-synced", Value::Nil);
    }
    Ok(())
}
