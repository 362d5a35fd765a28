//! What was done to a file of late, and its snapshots.

use super::lately;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entities::file;
use entities::file_snapshot::Creator;
use entities::ids::{FileId, ProfileId, SnapshotId};
use futures_util::TryStreamExt;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::{EntityTrait, FromQueryResult, StreamTrait};
use serde::Serialize;
use std::collections::BTreeMap;
use transit::Limits;
use transit::value::Value;
use uuid::Uuid;

/// Most batches and most snapshots that are listed.
const LISTED_MAX: i64 = 500;
/// Of larger batches only the bytes are told, not what is in them.
const READ_BYTES_MAX: i64 = 1 << 20;

/// What was done to a file of late.
#[derive(Clone, Debug, Serialize)]
pub struct History {
    /// The file.
    pub id: FileId,
    /// Its name.
    pub name: String,
    /// Its revision.
    pub revn: i64,
    /// Batches of changes of the last hour, the newest first, at most 500.
    pub changes: Vec<Applied>,
    /// Snapshots, the newest first, at most 500; those that are deleted and not purged yet are among them.
    pub snapshots: Vec<SnapshotRow>,
}

/// A batch of changes.
#[derive(Clone, Debug, Serialize)]
pub struct Applied {
    /// The revision that it made.
    pub revn: i64,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Whose it is; zeros for an operator without an account.
    pub profile_id: ProfileId,
    /// Their address, if the account is there.
    pub email: Option<String>,
    /// The session it came from, as its client calls it.
    pub session_id: Uuid,
    /// Its bytes of transit.
    pub bytes: i64,
    /// How many changes of each type; none for more than 1 MiB.
    pub types: Option<BTreeMap<String, u64>>,
}

/// A snapshot.
#[derive(Clone, Debug, Serialize, FromQueryResult)]
pub struct SnapshotRow {
    /// Key.
    pub id: SnapshotId,
    /// The revision that it shows.
    pub revn: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Its name.
    pub label: String,
    /// Who made it.
    pub created_by: Creator,
    /// The address of whose action made it, if the account is there.
    pub email: Option<String>,
    /// The address of who locked it.
    pub locked_by: Option<String>,
    /// When it is purged, if it is.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// A row of the log, as it is read.
#[derive(FromQueryResult)]
struct Row {
    revn: i64,
    created_at: DateTime<Utc>,
    profile_id: ProfileId,
    email: Option<String>,
    session_id: Uuid,
    bytes: i64,
    changes: Option<Vec<u8>>,
}

impl Row {
    fn told(self) -> Applied {
        Applied {
            revn: self.revn,
            created_at: self.created_at,
            profile_id: self.profile_id,
            email: self.email,
            session_id: self.session_id,
            bytes: self.bytes,
            types: self.changes.as_deref().map(types),
        }
    }
}

/// How many changes of each type there are. What cannot be read has none.
fn types(changes: &[u8]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let read = transit::read(changes, &Limits::STORED).ok();
    for change in read.as_ref().and_then(Value::items).unwrap_or_default() {
        let name = change.get("type").and_then(|name| name.as_keyword().or_else(|| name.as_str()));
        *counts.entry(name.unwrap_or("unknown").to_owned()).or_default() += 1;
    }
    counts
}

/// Tells what was done to a file in the last hour, and its snapshots.
///
/// # Errors
/// [`Error::NotFound`] when there is no such file.
pub async fn history(app: &App, id: FileId, now: DateTime<Utc>) -> Result<History> {
    let tx = platform::db::begin_read(&app.db).await?;
    let row = file::Entity::find_by_id(id).one(&tx).await?.ok_or(Error::NotFound)?;
    let changes = changes(&tx, id, lately(now)).await?;
    let snapshots = SnapshotRow::find_by_statement(sql(SNAPSHOTS, [id.0.into(), LISTED_MAX.into()]));
    let snapshots = snapshots.all(&tx).await?;
    tx.rollback().await?;
    Ok(History { id, name: row.name, revn: row.revn, changes, snapshots })
}

/// One after the other: they may be large.
async fn changes(tx: &Tx, id: FileId, since: DateTime<Utc>) -> Result<Vec<Applied>> {
    let values = [id.0.into(), since.into(), READ_BYTES_MAX.into(), LISTED_MAX.into()];
    let mut rows = tx.stream_raw(sql(CHANGES, values)).await?;
    let mut changes = Vec::new();
    while let Some(row) = rows.try_next().await? {
        changes.push(Row::from_query_result(&row, "")?.told());
    }
    Ok(changes)
}

const CHANGES: &str = "
    SELECT c.revn, c.created_at, c.profile_id, p.email, c.session_id, octet_length(c.changes)::bigint AS bytes,
           CASE WHEN octet_length(c.changes) <= $3 THEN c.changes END AS changes
      FROM file_change c LEFT JOIN profile p ON p.id = c.profile_id
     WHERE c.file_id = $1 AND c.created_at >= $2
     ORDER BY c.revn DESC LIMIT $4";

const SNAPSHOTS: &str = "
    SELECT s.id, s.revn, s.created_at, s.label, s.created_by, p.email, l.email AS locked_by, s.deleted_at
      FROM file_snapshot s LEFT JOIN profile p ON p.id = s.profile_id LEFT JOIN profile l ON l.id = s.locked_by
     WHERE s.file_id = $1
     ORDER BY s.created_at DESC, s.id DESC LIMIT $2";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted_by_type() {
        let changes = br#"[["^ ","~:type","~:add-obj"],["^ ","~:type","~:add-obj"],["^ ","type","odd"],1]"#;
        let counts = types(changes);
        let told: Vec<(&str, u64)> = counts.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        assert_eq!(told, [("add-obj", 2), ("unknown", 2)]);
        assert!(types(b"[").is_empty());
    }
}
