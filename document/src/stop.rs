//! Why a batch did not go through.

use crate::fault::{Code, Fault};
use crate::part::PartKey;
use std::fmt;
use transit::ReadError;

/// Parts that a batch needs, or will need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The part it begins with.
    pub key: PartKey,
    /// Which other parts belong to it.
    pub reach: Reach,
    /// How much of each is needed.
    pub detail: Detail,
}

/// Which other shapes of the same container are wanted with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// None.
    Itself,
    /// Its parent, the parent's parent, up to the root.
    Above,
    /// What it holds, directly.
    Children,
    /// What it holds, down to the last.
    Below,
}

impl Wanted {
    /// Columns of a part.
    pub(crate) fn columns(key: PartKey, reach: Reach) -> Wanted {
        Wanted { key, reach, detail: Detail::Columns }
    }

    /// Parts with their bytes.
    pub(crate) fn whole(key: PartKey, reach: Reach) -> Wanted {
        Wanted { key, reach, detail: Detail::Whole }
    }
}

/// How much of a part is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Its columns.
    Columns,
    /// Its bytes too.
    Whole,
}

/// Why a batch did not go through. What was given to `apply` is as it was.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum Stop {
    /// A part is not loaded: load it, or tell that there is none, and apply again. It is the first of these; the others
    /// would be asked for next, and only save round trips.
    #[error("a part is not loaded: {:?}", .0.first())]
    Missing(Vec<Wanted>),
    /// The batch is not taken.
    #[error("{0}")]
    Refused(Refusal),
    /// A stored part is no transit.
    #[error("a stored part cannot be read: {0:?}")]
    Unreadable(PartKey, #[source] ReadError),
}

/// Which change was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Its number in the batch, from 0; none when it is about the batch.
    pub change: Option<usize>,
    /// Its type, where it is a known one.
    pub kind: Option<&'static str>,
    /// What is wrong.
    pub fault: Fault,
}

impl Refusal {
    /// The code that clients see.
    pub fn code(&self) -> Code {
        self.fault.code
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(change) = self.change {
            write!(f, "change {change}")?;
            if let Some(kind) = self.kind {
                write!(f, " ({kind})")?;
            }
            f.write_str(": ")?;
        }
        self.fault.fmt(f)
    }
}

/// The same inside the engine, where the number of the change is not known.
#[derive(Debug)]
pub(crate) enum Halt {
    Missing(Vec<Wanted>),
    Fault(Fault),
    Unreadable(PartKey, ReadError),
}

/// What every step of the engine returns.
pub(crate) type Step<T> = Result<T, Halt>;

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Halt {
        Halt::Fault(fault)
    }
}

impl Halt {
    /// A part is not loaded.
    pub(crate) fn missing(key: PartKey, reach: Reach, detail: Detail) -> Halt {
        Halt::Missing(vec![Wanted { key, reach, detail }])
    }

    /// The same, where what is missing is known to be only a part of what will be asked for.
    pub(crate) fn with(self, more: impl IntoIterator<Item = Wanted>) -> Halt {
        match self {
            Halt::Missing(mut wanted) => {
                wanted.extend(more);
                Halt::Missing(wanted)
            }
            halt => halt,
        }
    }

    /// What the caller of the engine is told.
    pub(crate) fn into_stop(self, change: Option<usize>, kind: Option<&'static str>) -> Stop {
        match self {
            Halt::Missing(wanted) => Stop::Missing(wanted),
            Halt::Fault(fault) => Stop::Refused(Refusal { change, kind, fault }),
            Halt::Unreadable(key, error) => Stop::Unreadable(key, error),
        }
    }
}
