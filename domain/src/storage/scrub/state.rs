//! A scrub as its row tells it, and what it can find.

use crate::permission::Operator;
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::Serialize;

pub(super) const ROWS: &str = "rows";
pub(super) const DONE: &str = "done";

entities::words! {
    /// What can be wrong.
    pub enum Kind {
        /// A row without bytes. Put right with other bytes of the same content, where there are any.
        Missing = "missing",
        /// Bytes of another length than the row says. Likewise.
        Size = "size",
        /// Bytes of another hash than the row says; found by a deep scrub only. Likewise.
        Hash = "hash",
        /// Bytes that no row accounts for, a day old at least. Put right by removing them.
        Stray = "stray",
        /// A row that nothing refers to and that no sweep is going to look at. Put right by letting the sweep look.
        Unused = "unused",
    }
}

/// One scrub and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Scrub {
    /// The number of its job.
    pub id: i64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// The bytes are read and hashed, not only measured.
    pub is_deep: bool,
    /// Kinds of findings that are put right at once.
    pub repairs: Vec<String>,
    /// `rows`, a backend whose bytes are listed, or `done`.
    pub phase: String,
    /// Where in the phase it is.
    pub place: String,
    /// Rows compared with their bytes.
    pub rows_seen: i64,
    /// Bytes read and hashed.
    pub bytes_seen: i64,
    /// Blobs compared with the rows.
    pub blobs_seen: i64,
}

impl Scrub {
    /// Whether there is nothing left to do.
    pub fn is_done(&self) -> bool {
        self.phase == DONE
    }

    /// Whether findings of a kind are put right: an operator asked for that.
    pub(super) fn repairs(&self, operator: Option<&Operator>, kind: Kind) -> bool {
        operator.is_some() && self.repairs.iter().any(|name| name == kind.as_str())
    }
}

/// How much one step did: for keeping to a rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Rows or blobs looked at.
    pub seen: u64,
    /// Bytes read.
    pub bytes: u64,
}
