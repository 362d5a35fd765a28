//! The log of changes: what editors that lag behind have not seen, and what was applied under which name.

use super::batch::Batch;
use super::sent::Sent;
use crate::error::{Error, Result};
use crate::features::Features;
use crate::file::change_log::KEPT;
use chrono::{DateTime, Utc};
use document::join::readable;
use entities::ids::{FileId, ProfileId};
use futures_util::TryStreamExt;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, FromQueryResult, QueryResult, StreamTrait};
use transit::Limits;
use transit::value::Value;
use uuid::Uuid;

/// After so many bytes nothing more is told to one that lags behind: it gets the rest with its next batch.
const LAGGED_BYTES_MAX: usize = 64 << 20;

/// A batch that a client may not have seen.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Lagged {
    /// What clients call it.
    pub id: Uuid,
    /// The revision that it made.
    pub revn: i64,
    /// The session it came from.
    pub session_id: Uuid,
    /// In transit without cache codes: a vector.
    pub changes: Vec<u8>,
}

impl Lagged {
    /// The changes, read.
    ///
    /// # Errors
    /// [`Error::Platform`] when they cannot be read.
    pub fn value(&self) -> Result<Value> {
        transit::read(&self.changes, &Limits::STORED).map_err(Error::platform)
    }

    /// The changes as JSON shows them: paths are the text of an SVG path, a library of tokens is its file form.
    ///
    /// # Errors
    /// As [`Lagged::value`].
    pub fn in_json(&self) -> Result<Vec<u8>> {
        Ok(transit::json::write(&readable(self.value()?)))
    }
}

/// Which revision is written.
pub(super) struct Entry {
    pub(super) file: FileId,
    pub(super) profile: ProfileId,
    pub(super) revn: i64,
    pub(super) vern: i32,
    pub(super) now: DateTime<Utc>,
}

/// A row of the log with what its answer depended on.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Own {
    pub(super) id: Uuid,
    pub(super) revn: i64,
    pub(super) vern: i32,
    pub(super) base_revn: i64,
    pub(super) created_at: DateTime<Utc>,
    pub(super) session_id: Uuid,
    pub(super) changes: Vec<u8>,
}

/// A batch that was applied before.
#[derive(Clone, Debug)]
pub(super) struct Done {
    pub(super) own: Own,
    pub(super) digest: Option<Vec<u8>>,
}

impl Done {
    /// Whether these are its changes, whatever order their maps and sets came in. Changes that are not understood are
    /// those of no batch.
    pub(super) fn is(&self, sent: &Sent) -> Result<bool> {
        if sent.changes().is_err() {
            return Ok(false);
        }
        if self.digest.as_deref() == Some(sent.digest().as_slice()) {
            return Ok(true);
        }
        let read = |bytes: &[u8]| transit::read(bytes, &Limits::STORED).map_err(Error::platform);
        Ok(read(&self.own.changes)?.same(&read(&sent.raw())?))
    }
}

/// What was applied under a name.
pub(super) async fn find(tx: &Tx, file: FileId, commit: Uuid) -> Result<Option<Done>> {
    let Some(row) = tx.query_one_raw(sql(FIND, [file.0.into(), commit.into()])).await? else {
        return Ok(None);
    };
    Ok(Some(Done { own: Own::from_query_result(&row, "")?, digest: row.try_get("", "digest")? }))
}

const FIND: &str = "
    SELECT id, revn, vern, base_revn, created_at, session_id, changes, digest
      FROM file_change WHERE file_id = $1 AND commit_id = $2";

/// Writes the row of the log, and the file's.
pub(super) async fn write(tx: &Tx, entry: &Entry, batch: &Batch, features: &Features) -> Result<Own> {
    let own = Own {
        id: platform::ids::new_id(),
        revn: entry.revn,
        vern: entry.vern,
        base_revn: batch.revn,
        created_at: entry.now,
        session_id: batch.session,
        changes: batch.sent.raw().to_vec(),
    };
    let digest = batch.commit.map(|_| batch.sent.digest().to_vec());
    let features: Vec<String> = features.iter().cloned().collect();
    let values = [
        entry.file.0.into(),
        own.id.into(),
        own.revn.into(),
        own.vern.into(),
        own.base_revn.into(),
        own.created_at.into(),
        entry.profile.0.into(),
        own.session_id.into(),
        batch.commit.into(),
        digest.into(),
        own.changes.clone().into(),
        features.into(),
    ];
    tx.execute_raw(sql(WRITE, values)).await?;
    Ok(own)
}

const WRITE: &str = "
    WITH changed AS (
      UPDATE file SET revn = $3, modified_at = $6, has_media_trimmed = false, features = $12 WHERE id = $1)
    INSERT INTO file_change (file_id, id, revn, vern, base_revn, created_at, profile_id, session_id, commit_id, digest,
                             changes)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

/// What a client has not seen of the hour before its batch, oldest first and its own last. Those of before a snapshot
/// was restored are not told: they are not in the document any more.
pub(super) async fn lagged(tx: &Tx, file: FileId, own: Own, lags: bool) -> Result<Vec<Lagged>> {
    let (mut lagged, mut bytes) = (Vec::new(), own.changes.len());
    if lags {
        let since = own.created_at - KEPT;
        let values = [file.0.into(), own.base_revn.into(), own.revn.into(), own.vern.into(), since.into()];
        let mut rows = tx.stream_raw(sql(LAGGED, values)).await?;
        while let Some(row) = rows.try_next().await? {
            let row = read(&row)?;
            bytes += row.changes.len();
            lagged.push(row);
            if bytes > LAGGED_BYTES_MAX {
                return Ok(lagged);
            }
        }
    }
    lagged.push(Lagged { id: own.id, revn: own.revn, session_id: own.session_id, changes: own.changes });
    Ok(lagged)
}

fn read(row: &QueryResult) -> Result<Lagged> {
    Ok(Lagged::from_query_result(row, "")?)
}

const LAGGED: &str = "
    SELECT id, revn, session_id, changes FROM file_change
     WHERE file_id = $1 AND revn > $2 AND revn < $3 AND vern = $4 AND created_at >= $5 ORDER BY revn";
