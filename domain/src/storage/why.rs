//! Why a blob is there, or why it goes and when.

use super::bucket::Bucket;
use super::reason::TouchReason;
use super::sweep::{TOUCHED_AGE_MIN, revive};
use crate::deletion::uses::ByBucket;
use crate::error::{Error, Result};
use crate::permission::Operator;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::StorageObjectId;
use entities::storage_object::{Entity, Model, State};
use platform::app::App;
use platform::db::sql;
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult};
use serde::Serialize;
use std::sync::LazyLock;
use uuid::Uuid;

/// Most references that are listed of one blob.
pub const USES_MAX: u64 = 100;

/// Everything about one blob.
#[derive(Clone, Debug)]
pub struct Why {
    /// The row.
    pub object: Model,
    /// Size of the bytes as the backend says; none when they are not there.
    pub stored_bytes: Option<u64>,
    /// Other backends that still have its bytes after a move, and until when.
    pub copies: Vec<Copied>,
    /// Who refers to it, at most [`USES_MAX`].
    pub uses: Vec<Used>,
    /// Its fate.
    pub verdict: Verdict,
    /// When it goes, as things are; none when it stays.
    pub goes_at: Option<DateTime<Utc>>,
}

impl Why {
    /// Whether it counts as stored, and its bytes are not there.
    pub fn lacks_bytes(&self) -> bool {
        self.stored_bytes.is_none() && self.object.state == State::Valid
    }
}

/// Why a blob stays or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Stays: this server does not know its bucket, and leaves it alone.
    UnknownBucket,
    /// Stays: so many rows refer to it.
    Referenced {
        /// How many, at most [`USES_MAX`].
        count: usize,
    },
    /// Stays for now: all that refers to it was deleted.
    ReferencedByDeleted {
        /// How many, at most [`USES_MAX`].
        count: usize,
        /// When the last of them is purged; then its own time of grace begins.
        last_purged_at: DateTime<Utc>,
    },
    /// Stays: hidden, and something refers to it, so the sweep brings it back.
    HiddenButReferenced {
        /// When it would go.
        until: DateTime<Utc>,
    },
    /// Stays, although nothing refers to it: no sweep is due to look.
    Overlooked,
    /// Goes, unless its upload ends before.
    Uploading {
        /// When the upload is given up.
        until: DateTime<Utc>,
    },
    /// Goes: nothing refers to it, and the first sweep after a moment hides it.
    Unreferenced {
        /// When it was touched last.
        touched_at: DateTime<Utc>,
        /// When a sweep may hide it.
        hidden_after: DateTime<Utc>,
        /// How long it is kept then.
        grace: TimeDelta,
    },
    /// Goes: nothing refers to it. Until then it can be restored.
    Hidden {
        /// Since when, where that is known.
        since: Option<DateTime<Utc>>,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Goes now: its bytes are being removed.
    BeingRemoved,
}

/// Why a hidden blob does not come back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// It is not hidden.
    #[error("not-hidden")]
    NotHidden,
    /// Its bytes are not there.
    #[error("bytes-missing")]
    BytesMissing,
    /// Its bytes are being removed.
    #[error("being-removed")]
    BeingRemoved,
    /// There is no such blob, or the world failed.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Bytes left behind by a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Copied {
    /// The backend.
    pub backend: String,
    /// When a sweep removes them.
    pub goes_at: DateTime<Utc>,
}

/// One reference, and the chain of what it lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Used {
    /// What the blob is there, such as `picture in a file`.
    pub what: String,
    /// The key of the row that refers.
    pub holder: String,
    /// When that row is purged, if it was deleted.
    pub gone_at: Option<DateTime<Utc>>,
    /// File, project, team or person, from the inside out.
    pub chain: Vec<Link>,
}

/// One thing that something lies in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// `file`, `project`, `team` or `person`.
    pub kind: &'static str,
    /// Its key.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it is purged, if it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// Tells why a blob is kept or goes.
///
/// # Errors
/// [`Error::NotFound`] without such a row; [`Error::Platform`] when the backend cannot be asked.
pub async fn why(app: &App, id: StorageObjectId, now: DateTime<Utc>) -> Result<Why> {
    let object = Entity::find_by_id(id).one(&app.db).await?.ok_or(Error::NotFound)?;
    let stored_bytes = app.blobs.size(object.backend.as_str(), id.0).await.map_err(Error::platform)?;
    let copies = Copied::find_by_statement(sql(COPIES, [id.0.into()])).all(&app.db).await?;
    let bucket = Bucket::find(&object.bucket);
    let uses = match bucket {
        Some(bucket) => uses(&app.db, bucket, id).await?,
        None => vec![],
    };
    let kept = bucket.map(|bucket| bucket.kept(app.config.limits.deletion_delay));
    let (verdict, goes_at) = verdict(&object, &uses, kept, now);
    Ok(Why { object, stored_bytes, copies, uses, verdict, goes_at })
}

/// Brings a hidden blob back, for another time of grace unless something begins to refer to it.
///
/// # Errors
/// It is not hidden, its bytes are going, or they are not there; [`Error::NotFound`] without such a row.
pub async fn restore(
    app: &App,
    operator: &Operator,
    id: StorageObjectId,
    now: DateTime<Utc>,
) -> Result<(), RestoreError> {
    let object = Entity::find_by_id(id).one(&app.db).await.map_err(Error::from)?.ok_or(Error::NotFound)?;
    if object.deleted_at.is_none() {
        return Err(RestoreError::NotHidden);
    }
    let there = app.blobs.size(object.backend.as_str(), id.0).await.map_err(Error::platform)?;
    if there != u64::try_from(object.size).ok() {
        return Err(RestoreError::BytesMissing);
    }
    let reason = TouchReason::RestoredBy(operator.name().to_owned());
    let back = platform::db::transaction(&app.db, |tx| {
        let reason = reason.clone();
        Box::pin(async move { revive(tx, id, &reason, now).await })
    });
    if back.await? { Ok(()) } else { Err(RestoreError::BeingRemoved) }
}

/// The fate of a blob, and when it goes as things are.
fn verdict(
    object: &Model,
    uses: &[Used],
    grace: Option<TimeDelta>,
    now: DateTime<Utc>,
) -> (Verdict, Option<DateTime<Utc>>) {
    let Some(grace) = grace else { return (Verdict::UnknownBucket, None) };
    match (object.state, object.deleted_at, object.touched_at) {
        (State::Deleting, at, _) => (Verdict::BeingRemoved, at),
        (State::Pending, _, touched) => {
            let until = touched.unwrap_or(object.created_at) + TOUCHED_AGE_MIN;
            (Verdict::Uploading { until }, Some(until))
        }
        (State::Valid, Some(until), _) if uses.is_empty() => {
            (Verdict::Hidden { since: object.hidden_at, until }, Some(until))
        }
        (State::Valid, Some(until), _) => (Verdict::HiddenButReferenced { until }, None),
        (State::Valid, None, _) if !uses.is_empty() => (of_uses(uses), None),
        (State::Valid, None, Some(touched_at)) => {
            let hidden_after = (touched_at + TOUCHED_AGE_MIN).max(now);
            let goes_at = hidden_after.checked_add_signed(grace);
            (Verdict::Unreferenced { touched_at, hidden_after, grace }, goes_at)
        }
        (State::Valid, None, None) => (Verdict::Overlooked, None),
    }
}

/// It stays as long as one of them does.
fn of_uses(uses: &[Used]) -> Verdict {
    let end = |used: &Used| {
        let links = used.chain.iter().filter_map(|link| link.deleted_at);
        links.chain(used.gone_at).min()
    };
    let ends: Option<Vec<DateTime<Utc>>> = uses.iter().map(end).collect();
    let count = uses.len();
    match ends.and_then(|ends| ends.into_iter().max()) {
        None => Verdict::Referenced { count },
        Some(last_purged_at) => Verdict::ReferencedByDeleted { count, last_purged_at },
    }
}

#[derive(FromQueryResult)]
struct Row {
    what: String,
    holder: String,
    gone_at: Option<DateTime<Utc>>,
    file_id: Option<Uuid>,
    file_name: Option<String>,
    file_deleted_at: Option<DateTime<Utc>>,
    project_id: Option<Uuid>,
    project_name: Option<String>,
    project_deleted_at: Option<DateTime<Utc>>,
    team_id: Option<Uuid>,
    team_name: Option<String>,
    team_deleted_at: Option<DateTime<Utc>>,
    person_id: Option<Uuid>,
    person_name: Option<String>,
    person_deleted_at: Option<DateTime<Utc>>,
}

const COPIES: &str = "SELECT backend, goes_at FROM storage_copy WHERE object_id = $1 ORDER BY backend";

async fn uses(conn: &impl ConnectionTrait, bucket: &Bucket, id: StorageObjectId) -> Result<Vec<Used>> {
    let rows = Row::find_by_statement(sql(USES.of(bucket.name), [vec![id.0].into()])).all(conn).await?;
    Ok(rows.into_iter().map(used).collect())
}

/// Who refers to the blobs `$1`, with what that lies in.
pub(super) static USES: LazyLock<ByBucket> = LazyLock::new(|| {
    ByBucket::new(|_, uses| {
        format!(
            "SELECT u.what, u.holder, u.gone_at, f.id AS file_id, f.name AS file_name, f.deleted_at AS file_deleted_at,
       p.id AS project_id, p.name AS project_name, p.deleted_at AS project_deleted_at,
       t.id AS team_id, t.name AS team_name, t.deleted_at AS team_deleted_at,
       h.id AS person_id, h.fullname AS person_name, h.deleted_at AS person_deleted_at
  FROM (\n{uses}) u
  LEFT JOIN file f ON f.id = u.file_id
  LEFT JOIN project p ON p.id = f.project_id
  LEFT JOIN team t ON t.id = coalesce(u.team_id, p.team_id)
  LEFT JOIN profile h ON h.id = u.profile_id
 ORDER BY u.what, u.holder LIMIT {USES_MAX}"
        )
    })
});

fn used(row: Row) -> Used {
    let link = |kind, id: Option<Uuid>, name: Option<String>, deleted_at| {
        id.map(|id| Link { kind, id, name: name.unwrap_or_default(), deleted_at })
    };
    let chain = [
        link("file", row.file_id, row.file_name, row.file_deleted_at),
        link("project", row.project_id, row.project_name, row.project_deleted_at),
        link("team", row.team_id, row.team_name, row.team_deleted_at),
        link("person", row.person_id, row.person_name, row.person_deleted_at),
    ];
    Used {
        what: row.what,
        holder: row.holder,
        gone_at: row.gone_at,
        chain: chain.into_iter().flatten().collect(),
    }
}
