//! What a change does, whichever it is.

use crate::stop::{Step, Wanted};
use crate::work::Work;
use std::fmt;

/// A change that was understood.
pub(crate) trait Effect: fmt::Debug + Send + Sync {
    /// The parts that it names. They only save round trips.
    fn wanted(&self) -> Vec<Wanted>;

    /// Does it, or says which part is missing, or refuses. What it did until then does not count.
    fn apply(&self, work: &mut Work) -> Step<()>;
}
