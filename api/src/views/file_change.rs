//! A batch of changes that a client may not have seen.

use crate::{rpc::format::Format, wire::Document};
use domain::{error::Result, file::update::Lagged};
use poem_openapi::Object;
use uuid::Uuid;

/// A batch of changes.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct LaggedChange {
    /// Key.
    pub id: Uuid,
    /// The revision that it made.
    pub revn: i64,
    /// The file.
    pub file_id: Uuid,
    /// The session that it came from, as its client calls it.
    pub session_id: Uuid,
    /// The changes, in turn.
    pub changes: Document,
}

impl LaggedChange {
    /// One of a file, as a caller reads it.
    ///
    /// # Errors
    /// `unexpected` when what was kept of it cannot be read.
    pub fn new(mut lagged: Lagged, file: Uuid, format: Format) -> Result<LaggedChange> {
        let changes = match format {
            Format::Transit => Document::of(std::mem::take(&mut lagged.changes)),
            Format::TransitVerbose => Document::of(transit::write_verbose(&lagged.value()?)),
            Format::Json => Document::of(lagged.in_json()?),
        };
        let Lagged { id, revn, session_id, .. } = lagged;
        Ok(LaggedChange { id, revn, file_id: file, session_id, changes })
    }
}
