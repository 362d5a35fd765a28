//! Looking at everything that is stored: every row against its bytes, then all bytes against the rows.
//!
//! **A finding is looked at again before it is written down, and once more before anything is put right**, because rows
//! come, go and move while the scrub is under way. Nothing is put right that an operator did not ask for.

mod bytes;
mod find;
mod repair;
mod report;

use crate::error::Result;
use crate::permission::Operator;
use chrono::{DateTime, TimeDelta, Utc};
use platform::app::App;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};

pub use report::{FINDINGS_MAX, Finding, Tally, findings, latest, list, tally};

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
    fn repairs(&self, operator: Option<&Operator>, kind: Kind) -> bool {
        operator.is_some() && self.repairs.iter().any(|name| name == kind.name())
    }
}

/// Scrubs and their findings are kept for so long.
const KEPT: TimeDelta = TimeDelta::days(90);
const ROWS: &str = "rows";
const DONE: &str = "done";

/// How much one step did: for keeping to a rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Rows or blobs looked at.
    pub seen: u64,
    /// Bytes read.
    pub bytes: u64,
}

/// Begins a scrub, or gives the one that this job began.
///
/// # Errors
/// Those of the database.
pub async fn begin(app: &App, id: i64, is_deep: bool, repairs: &[Kind], now: DateTime<Utc>) -> Result<Scrub> {
    let old = "DELETE FROM storage_scrub WHERE started_at < $1";
    let values = [(now - KEPT).into()];
    app.db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, old, values)).await?;
    let names: Vec<String> = repairs.iter().map(|kind| kind.name().to_owned()).collect();
    let sql =
        "INSERT INTO storage_scrub (id, started_at, is_deep, repairs, phase) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO UPDATE SET id = excluded.id RETURNING *";
    let values = [id.into(), now.into(), is_deep.into(), names.into(), ROWS.into()];
    let query = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = Scrub::find_by_statement(query).one(&app.db).await?;
    row.ok_or_else(|| crate::Error::platform("a scrub did not begin"))
}

/// Does the next piece of a scrub and writes down how far it is. A step that is done twice finds the same. Without an
/// operator nothing is put right, whatever the scrub began with.
///
/// # Errors
/// Those of the database and, for whole backends that do not answer, [`crate::Error::Platform`].
pub async fn step(
    app: &App,
    operator: Option<&Operator>,
    scrub: &mut Scrub,
    now: DateTime<Utc>,
) -> Result<Step> {
    let step = if scrub.phase == ROWS {
        find::rows(app, operator, scrub, now).await?
    } else {
        bytes::strays(app, operator, scrub, now).await?
    };
    if scrub.is_done() {
        scrub.finished_at = Some(now);
    }
    let sql =
        "UPDATE storage_scrub SET phase = $2, place = $3, rows_seen = $4, bytes_seen = $5, blobs_seen = $6,
                      finished_at = $7 WHERE id = $1";
    let values = [
        scrub.id.into(),
        scrub.phase.clone().into(),
        scrub.place.clone().into(),
        scrub.rows_seen.into(),
        scrub.bytes_seen.into(),
        scrub.blobs_seen.into(),
        scrub.finished_at.into(),
    ];
    app.db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(step)
}
