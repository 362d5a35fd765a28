//! Whether the parts of a document belong together, as one moment shows it, and putting right what one thing puts
//! right.
//!
//! A document is looked at page by page, then component by component; of a page only outlines of its shapes are in
//! memory, and the mains of the components whose copies are on it. Libraries are looked into where the file uses them
//! (`file_library_link`); of copies of others nothing is said.
//!
//! **Nothing of a document is put right while a part of it cannot be read**: what seems to be missing may be that part.

mod apply;
mod look;
mod mains;
mod problem;
mod repair;
mod report;
mod scan;

pub use apply::Refused;
pub use look::{Checked, check};
pub use problem::{PROBLEMS_MAX, Problem, Tally, codes};
pub use repair::{Repaired, repair};
pub use report::{FileProblem, REPORTED_MAX, Run, begin, latest, list, problems, step, tally};
