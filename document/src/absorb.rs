//! What a file makes its own when one of its libraries goes: components that it has copies of, with their mains;
//! colours and typographies that it names; the tokens it uses; pictures.
//!
//! Nothing happens here that an editor could not do: what comes out is a batch of changes, which is checked, applied,
//! kept and told like any other. A store uses it so:
//! 1. It finds the parts of the file that name the library, or one of its pictures: the *users*.
//! 2. [`gather()`] reads the library, as [`crate::apply::apply`] does: it asks for what it misses.
//! 3. The pictures of the library that are named ([`Taken::media`], and by users) are copied.
//! 4. [`changes()`] makes the batch; it asks for parts of the file, so that nothing of it is overwritten.
//!
//! A component keeps its id, and so do the shapes of its main, so what copies say of both stays true. Only where the
//! file has a component of that id already, the one that comes gets another, and its copies say so.
//!
//! What was deleted from the library, main and all, is not there to be taken; copies of it stay as they are.

mod asked;
mod changes;
mod gather;
mod named;
mod names;
mod place;
mod styles;
mod taken;
mod unit;
mod write;

pub use changes::changes;
pub use gather::gather;
pub use taken::{Sides, Taken};
