//! The parts of a document, as they are stored. An attribute lives in exactly one place: in its column when it has the
//! column's type, else in the bytes. So columns cannot drift from the bytes, and what no column understands survives.

mod columns;
mod key;
mod open;
mod row;

pub use columns::Columns;
pub use key::{Container, Kind, PartKey};
pub use open::OpenPart;
pub use row::Part;
