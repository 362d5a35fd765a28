//! What scrubs found.

use super::codes::{Detail, Repair};
use super::state::{Kind, Scrub};
use crate::error::Result;
use chrono::{DateTime, Utc};
use entities::word::OrUnknown;
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;
use uuid::Uuid;

/// Most findings of one page.
pub const FINDINGS_MAX: u64 = 10_000;

/// Most scrubs of one listing.
const SCRUBS_MAX: i64 = 100;

/// One thing that was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Finding {
    /// The blob.
    pub object_id: Uuid,
    /// The backend it concerns.
    pub backend: String,
    /// What was wrong: see [`Kind`].
    pub kind: OrUnknown<Kind>,
    /// Bytes, as the row says or, for a stray, as there are.
    pub size: i64,
    /// More about it: see [`Detail`].
    pub detail: String,
    /// When it was found.
    pub found_at: DateTime<Utc>,
    /// What was done about it: see [`Repair`]; none when nothing was asked for.
    pub repair: Option<String>,
}

/// How much of one kind was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Tally {
    /// See [`Kind`].
    pub kind: OrUnknown<Kind>,
    /// How many.
    pub count: i64,
    /// Bytes of them.
    pub bytes: i64,
    /// How many something was done about.
    pub repaired: i64,
}

#[expect(clippy::too_many_arguments, reason = "the columns of a row")]
pub(super) async fn write(
    conn: &impl ConnectionTrait,
    scrub: i64,
    object: Uuid,
    backend: &str,
    kind: Kind,
    size: i64,
    detail: &Detail,
    now: DateTime<Utc>,
    repair: Option<Repair>,
) -> Result<()> {
    let (detail, repair) = (detail.to_string(), repair.map(|repair| repair.to_string()));
    tracing::warn!(%object, backend, kind = kind.as_str(), detail, repair, "a scrub found something");
    let sql =
        "INSERT INTO storage_finding (scrub_id, object_id, backend, kind, size, detail, found_at, repair)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (scrub_id, object_id, backend, kind) DO UPDATE SET
                  detail = excluded.detail, repair = coalesce(excluded.repair, storage_finding.repair)";
    let values = [
        scrub.into(),
        object.into(),
        backend.into(),
        kind.into(),
        size.into(),
        detail.into(),
        now.into(),
        repair.into(),
    ];
    conn.execute_raw(platform::db::sql(sql, values)).await?;
    Ok(())
}

/// The last scrubs, newest first, at most 100.
pub async fn list(conn: &impl ConnectionTrait) -> Result<Vec<Scrub>> {
    let sql = "SELECT id, started_at, finished_at, is_deep, repairs, phase, place, rows_seen, bytes_seen, blobs_seen
                 FROM storage_scrub ORDER BY started_at DESC, id DESC LIMIT $1";
    let query = platform::db::sql(sql, [SCRUBS_MAX.into()]);
    Ok(Scrub::find_by_statement(query).all(conn).await?)
}

/// One scrub, or the last one that began.
pub async fn latest(conn: &impl ConnectionTrait, id: Option<i64>) -> Result<Option<Scrub>> {
    let sql = "SELECT id, started_at, finished_at, is_deep, repairs, phase, place, rows_seen, bytes_seen, blobs_seen
                 FROM storage_scrub WHERE $1::bigint IS NULL OR id = $1
                ORDER BY started_at DESC, id DESC LIMIT 1";
    let query = platform::db::sql(sql, [id.into()]);
    Ok(Scrub::find_by_statement(query).one(conn).await?)
}

/// What a scrub found, by kind.
pub async fn tally(conn: &impl ConnectionTrait, scrub: i64) -> Result<Vec<Tally>> {
    let sql = "SELECT kind, count(*) AS count, sum(size)::bigint AS bytes, count(repair) AS repaired
                 FROM storage_finding WHERE scrub_id = $1 GROUP BY kind ORDER BY kind";
    let query = platform::db::sql(sql, [scrub.into()]);
    Ok(Tally::find_by_statement(query).all(conn).await?)
}

/// Findings of a scrub in the order of blobs, at most `limit` (at most [`FINDINGS_MAX`]), those after `after`.
pub async fn findings(
    conn: &impl ConnectionTrait,
    scrub: i64,
    after: Option<&Finding>,
    limit: u64,
) -> Result<Vec<Finding>> {
    let sql = "SELECT object_id, backend, kind, size, detail, found_at, repair FROM storage_finding
                WHERE scrub_id = $1 AND ($2::uuid IS NULL OR (object_id, backend, kind) > ($2, $3, $4))
                ORDER BY object_id, backend, kind LIMIT $5";
    let values = [
        scrub.into(),
        after.map(|last| last.object_id).into(),
        after.map(|last| last.backend.clone()).into(),
        after.map(|last| last.kind.clone()).into(),
        i64::try_from(limit.min(FINDINGS_MAX)).unwrap_or(1).into(),
    ];
    let query = platform::db::sql(sql, values);
    Ok(Finding::find_by_statement(query).all(conn).await?)
}
