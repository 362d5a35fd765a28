//! Purging rows whose time of grace is over, children before their parents.
//!
//! Whoever restores holds the rows they bring back; a purge skips rows that are held, and looks again at those it
//! gets hold of.

use super::cascade;
use super::counts::Counts;
use super::statements::{INCOMPLETE, PURGE};
use crate::error::Result;
use chrono::{DateTime, TimeDelta, Utc};
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, Value};
use std::fmt::{Display, Formatter};
use uuid::Uuid;

/// Most rows of one table in one batch.
pub const BATCH_MAX: u64 = 100;

/// What one batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Deleted objects in which something was not deleted, and now is.
    pub completed: u64,
    /// Rows that are gone.
    pub rows: Counts,
}

impl Purged {
    /// Rows in all; none means that the work is done.
    pub fn total(&self) -> u64 {
        self.completed + self.rows.total()
    }

    /// Both taken together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { completed: self.completed + other.completed, rows: self.rows.plus(other.rows) }
    }
}

/// As `purged: 1 team, 2 projects`, and how many deletions had to be completed before.
impl Display for Purged {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "purged: {}", self.rows)?;
        match self.completed {
            0 => Ok(()),
            1 => f.write_str("; completed 1 deletion"),
            many => write!(f, "; completed {many} deletions"),
        }
    }
}

/// Purges what was due at `now`, at most `limit` (at most [`BATCH_MAX`]) rows of each table, each table in
/// its own transaction. Call it again until nothing is left. Blobs that lose a reference are touched, so that
/// the sweep looks at them. An object stays until its last child is gone, so no order of failures leaves children
/// without a parent.
pub async fn objects_gc_batch(app: &App, now: DateTime<Utc>, limit: u64) -> Result<Purged> {
    let limit = i64::try_from(limit.min(BATCH_MAX)).unwrap_or(1);
    let mut purged = Purged { completed: complete(app, now, limit).await?, ..Purged::default() };
    for (part, purge) in PURGE.iter() {
        let mut values: Vec<Value> = vec![now.into(), limit.into()];
        // A statement takes all values that it is given.
        if part.is_due.is_some_and(|condition| condition.contains("$3")) {
            values.push(before(app, now).into());
        }
        let tx = platform::db::begin(&app.db).await?;
        let row = tx.query_one_raw(sql(purge, values)).await?;
        let rows = row.map_or(Ok(0), |row| row.try_get::<i64>("", "purged"))?;
        tx.commit().await?;
        purged.rows.add(part, u64::try_from(rows).unwrap_or(0));
    }
    Ok(purged)
}

/// Whoever was deleted by then is to go now.
fn before(app: &App, now: DateTime<Utc>) -> DateTime<Utc> {
    let delay = TimeDelta::from_std(app.config.limits.deletion_delay).unwrap_or(TimeDelta::MAX);
    now.checked_sub_signed(delay).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// A deletion travels to the children by a job. Should the job be lost, the children would keep their parent for ever.
/// Nobody deletes a demo account: its teams are deleted here.
async fn complete(app: &App, now: DateTime<Utc>, limit: i64) -> Result<u64> {
    let tx = platform::db::begin(&app.db).await?;
    let values = [now.into(), limit.into(), before(app, now).into()];
    let teams = tx.execute_raw(sql(TEAMS_OF_PROFILES, values)).await?;
    tx.commit().await?;
    let mut completed = teams.rows_affected();
    for (kind, incomplete) in INCOMPLETE.iter() {
        let tx = platform::db::begin(&app.db).await?;
        for id in ids(&tx, incomplete, now, limit).await? {
            cascade::step(&tx, *kind, id, cascade::BATCH_MAX).await?;
            completed += 1;
        }
        tx.commit().await?;
    }
    Ok(completed)
}

async fn ids(tx: &Tx, text: &str, now: DateTime<Utc>, limit: i64) -> Result<Vec<Uuid>> {
    let rows = tx.query_all_raw(sql(text, [now.into(), limit.into()])).await?;
    Ok(rows.iter().map(|row| row.try_get::<Uuid>("", "id")).collect::<Result<_, _>>()?)
}

/// What a person owns goes at the person's end. Teams that others are in stay for them.
const TEAMS_OF_PROFILES: &str = "
    WITH due AS (
           SELECT t.id FROM profile p
             JOIN team_profile_rel r ON r.profile_id = p.id AND r.is_owner
             JOIN team t ON t.id = r.team_id AND t.deleted_at IS NULL
            WHERE p.deleted_at <= $1 AND (p.is_demo OR p.deleted_at <= $3)
              AND NOT EXISTS (SELECT 1 FROM team_profile_rel o WHERE o.team_id = t.id AND o.profile_id <> p.id)
            LIMIT $2 FOR UPDATE SKIP LOCKED)
    UPDATE team t SET deleted_at = $1 FROM due WHERE t.id = due.id";
