//! Whose request it is, and what may come in it.

use crate::State;
use entities::ids::ProfileId;

/// Whose request it is, and what may come in it.
#[derive(Clone, Copy)]
pub struct Sender<'a> {
    /// The server.
    pub state: &'a State,
    /// Who calls.
    pub profile: Option<ProfileId>,
    /// The method's params that are files, as keywords.
    pub file_fields: &'a [String],
}
