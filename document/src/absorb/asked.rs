//! Asking for everything that is missing at once: each answer is a journey to a store.

use crate::stop::{Halt, Step, Wanted};

/// What was found missing so far.
#[derive(Debug, Default)]
pub(super) struct Asked(Vec<Wanted>);

impl Asked {
    /// What a step gave; none when it misses something, which is noted.
    pub(super) fn take<T>(&mut self, step: Step<T>) -> Step<Option<T>> {
        match step {
            Ok(given) => Ok(Some(given)),
            Err(Halt::Missing(wanted)) => {
                self.0.extend(wanted);
                Ok(None)
            }
            Err(halt) => Err(halt),
        }
    }

    /// Goes on when nothing is missing.
    pub(super) fn end(self) -> Step<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Halt::Missing(self.0)) }
    }
}
