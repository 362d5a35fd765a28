//! A scrub as its row tells it, and what it can find.

use crate::error::Result;
use crate::permission::Operator;
use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};

pub(super) const ROWS: &str = "rows";
pub(super) const DONE: &str = "done";

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A row without bytes. Put right with other bytes of the same content, where there are any.
    Missing,
    /// Bytes of another length than the row says. Likewise.
    Size,
    /// Bytes of another hash than the row says; found by a deep scrub only. Likewise.
    Hash,
    /// Bytes that no row accounts for, a day old at least. Put right by removing them.
    Stray,
    /// A row that nothing refers to and that no sweep is going to look at. Put right by letting the sweep look.
    Unused,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] = [Kind::Missing, Kind::Size, Kind::Hash, Kind::Stray, Kind::Unused];

    /// Its name in rows and commands.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Missing => "missing",
            Kind::Size => "size",
            Kind::Hash => "hash",
            Kind::Stray => "stray",
            Kind::Unused => "unused",
        }
    }
}

impl std::str::FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Kind, String> {
        let known = Kind::ALL.into_iter().find(|kind| kind.name() == text);
        known.ok_or_else(|| format!("should be one of {}", Kind::ALL.map(Kind::name).join(", ")))
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
        operator.is_some() && self.repairs.iter().any(|name| name == kind.name())
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
