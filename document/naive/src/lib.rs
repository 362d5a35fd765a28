//! Documents as whole trees, changed as plainly as can be, and random changes of every kind. Only tests use it: they
//! compare the engine over parts, and the store over rows, with it.
//!
//! Reading order: [`apply`] with a file for each kind of thing, then [`change`] and what it is made of.

#![expect(clippy::unwrap_used, reason = "all of this is for tests")]

mod components;
mod generator;
mod geometry;
mod model;
mod odd;
mod outcome;
mod pages;
mod random;
mod shapes;
mod things;
mod token_moves;
mod token_things;
mod tokens;
mod tokens_lib;
mod touched;
mod tree;
mod valid;

pub use generator::change;
pub use model::apply;
pub use odd::Odd;
pub use outcome::{Notes, Refused};
pub use random::Random;
pub use tokens_lib::file_form;
pub use tree::{entry, entry_mut, word};
