//! Looking at everything that is stored: every row against its bytes, then all bytes against the rows.
//!
//! **A finding is looked at again before it is written down, and once more before anything is put right**, because rows
//! come, go and move while the scrub is under way. Nothing is put right that an operator did not ask for.

mod bytes;
mod codes;
mod find;
mod repair;
mod report;
mod state;

use crate::error::Result;
use crate::permission::Operator;
use chrono::{DateTime, TimeDelta, Utc};
use platform::app::App;
use sea_orm::{ConnectionTrait, FromQueryResult};
use state::ROWS;

pub use codes::{Detail, Repair};
pub use report::{FINDINGS_MAX, Finding, Tally, findings, latest, list, tally};
pub use state::{Kind, Scrub, Step};

/// Scrubs and their findings are kept for so long.
const KEPT: TimeDelta = TimeDelta::days(90);
/// Begins a scrub, or gives the one that this job began.
///
/// # Errors
/// Those of the database.
pub async fn begin(app: &App, id: i64, is_deep: bool, repairs: &[Kind], now: DateTime<Utc>) -> Result<Scrub> {
    let old = "DELETE FROM storage_scrub WHERE started_at < $1";
    let values = [(now - KEPT).into()];
    app.db.execute_raw(platform::db::sql(old, values)).await?;
    let names: Vec<String> = repairs.iter().map(|kind| kind.to_string()).collect();
    let sql =
        "INSERT INTO storage_scrub (id, started_at, is_deep, repairs, phase) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (id) DO UPDATE SET id = excluded.id
               RETURNING id, started_at, finished_at, is_deep, repairs, phase, place, rows_seen, bytes_seen,
                         blobs_seen";
    let values = [id.into(), now.into(), is_deep.into(), names.into(), ROWS.into()];
    let query = platform::db::sql(sql, values);
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
    app.db.execute_raw(platform::db::sql(sql, values)).await?;
    Ok(step)
}
