//! What a page works with.

use crate::{form::Fields, gate::Visitor};
use api::State;

/// What a page works with.
pub(crate) struct PageContext<'a> {
    pub(crate) state: &'a State,
    pub(crate) visitor: &'a Visitor,
    pub(crate) fields: Fields,
    /// Path and query, as the browser has them.
    pub(crate) address: String,
}
