//! One batch of changes over the parts they touch.

use crate::change::Change;
use crate::component_root::date_touched;
use crate::fault::Fault;
use crate::limits::CHANGES_MAX;
use crate::stop::{Halt, Stop};
use crate::work::Work;
use crate::working_set::WorkingSet;

/// Applies changes in turn, and returns the parts as they are then. What was given stays as it was, whatever happens.
/// `now` is the moment of the batch, in milliseconds since 1970.
///
/// # Errors
/// [`Stop::Missing`]: load the part and apply again. [`Stop::Refused`]: nothing of the batch is taken.
/// [`Stop::Unreadable`]: what is stored is broken.
pub fn apply(parts: &WorkingSet, changes: &[Change], now: i64) -> Result<WorkingSet, Stop> {
    if changes.len() > CHANGES_MAX {
        let fault = Fault::limit(format!("should have at most {CHANGES_MAX} changes"));
        return Err(Halt::Fault(fault).into_stop(None, None));
    }
    let mut work = Work::new(parts.clone(), now);
    for (at, change) in changes.iter().enumerate() {
        change.apply(&mut work).map_err(|halt| halt.into_stop(Some(at), Some(change.name())))?;
    }
    let after = |halt: Halt| halt.into_stop(None, None);
    date_touched(&mut work).map_err(after)?;
    work.settle_tokens();
    work.parts.seal(parts).map_err(after)?;
    Ok(work.parts)
}
