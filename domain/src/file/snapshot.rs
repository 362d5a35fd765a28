//! Moments of files that can be looked at and brought back.
//!
//! A snapshot is a row that names a revision, and nothing is copied: the file's `pinned_revn` is the newest revision
//! that one shows, and whoever changes a part that is as old keeps it first. **Whoever makes or removes a snapshot
//! holds the file's lock**, so that no change goes by the number of before.
//!
//! People's snapshots stay until somebody deletes them, and then for the time of grace. Those of the system, made
//! before a restore or a repair, or by [`automatic`], have their end from the beginning; somebody who gives one a name
//! makes it their own.

pub mod automatic;
mod edit;
mod find;
mod hold;
mod insert;
mod make;
mod open;
mod restore;
pub mod sweep;

pub use edit::{delete, lock, rename, unlock};
pub use find::{EditableSnapshot, editor, list};
pub use make::{before_repair, create};
pub use open::{OpenedSnapshot, open};
pub use restore::{Restored, restore};
