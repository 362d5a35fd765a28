//! How much is stored, where, and for whom: sums for people, at a bounded cost.

use super::bucket::BUCKETS;
use crate::deletion::uses::uses;
use crate::error::Result;
use chrono::{DateTime, Utc};
use platform::db::sql;
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::sync::LazyLock;
use uuid::Uuid;

/// Rows that are counted one by one, about; of more than so many, a sample stands for the rest.
pub const ROWS_MAX: i64 = 10_000;
/// Teams that are told of, the largest.
pub const TEAMS_MAX: usize = 20;

/// Bytes of a row of the table with its share of the room that is left in pages.
const ROW_BYTES: i64 = 400;
/// The least share of the table that is looked at.
const PERCENT_MIN: f64 = 0.01;

/// What is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// The sums stand for more rows than were looked at.
    pub is_estimate: bool,
    /// By bucket and backend, the largest first.
    pub buckets: Vec<BucketTotals>,
    /// The teams with most bytes, the largest first. A blob that two teams refer to counts for both.
    pub teams: Vec<TeamTotals>,
}

/// What one bucket has on one backend.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct BucketTotals {
    /// The bucket.
    pub bucket: String,
    /// The backend.
    pub backend: String,
    /// Blobs.
    pub count: i64,
    /// Their bytes.
    pub bytes: i64,
    /// How many of them are hidden and wait for their end.
    pub hidden_count: i64,
    /// Bytes of those.
    pub hidden_bytes: i64,
}

/// What one team has.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct TeamTotals {
    /// The team.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// When it is purged, if it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Blobs.
    pub count: i64,
    /// Their bytes.
    pub bytes: i64,
}

/// Sums over all blobs. A large table is sampled, always the same part of it.
///
/// # Errors
/// Those of the database.
pub async fn totals(conn: &impl ConnectionTrait) -> Result<Totals> {
    let size = conn.query_one_raw(sql(TABLE_BYTES, [])).await?;
    let size: i64 = size.map(|row| row.try_get("", "bytes")).transpose()?.unwrap_or(0);
    let percent = percent(size / ROW_BYTES, ROWS_MAX);
    let (share, factor) = (percent.unwrap_or(100.0), percent.map_or(1.0, |percent| 100.0 / percent));
    let buckets =
        BucketTotals::find_by_statement(sql(PLACES, [factor.into(), share.into()])).all(conn).await?;
    let teams =
        TeamTotals::find_by_statement(sql(TEAMS.as_str(), [factor.into(), share.into()])).all(conn).await?;
    Ok(Totals { is_estimate: percent.is_some(), buckets, teams })
}

const TABLE_BYTES: &str = "SELECT pg_relation_size('storage_object') AS bytes";

/// How much of the table is looked at, when not all of it.
fn percent(rows: i64, rows_max: i64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a share, roughly")]
    let share = rows_max as f64 * 100.0 / rows.max(1) as f64;
    (rows > rows_max).then_some(share.clamp(PERCENT_MIN, 100.0))
}

/// Sums times `$1` over `$2` per cent of the table.
const PLACES: &str = "
    SELECT bucket, backend, (count(*) * $1::float8)::bigint AS count,
           (sum(size) * $1::float8)::bigint AS bytes,
           (count(deleted_at) * $1::float8)::bigint AS hidden_count,
           (coalesce(sum(size) FILTER (WHERE deleted_at IS NOT NULL), 0) * $1::float8)::bigint AS hidden_bytes
      FROM storage_object TABLESAMPLE SYSTEM ($2::float8::float4) REPEATABLE (0)
     GROUP BY bucket, backend ORDER BY bytes DESC, bucket, backend";

/// Likewise by team.
pub(super) static TEAMS: LazyLock<String> = LazyLock::new(|| {
    let uses: Vec<String> = BUCKETS
        .iter()
        .map(|bucket| {
            // The ids that a use is asked for are those of the sample.
            let ids =
                format!("(SELECT array_agg(id) FROM seen WHERE bucket = '{}')::uuid[]", bucket.name.as_str());
            format!("SELECT id, file_id, team_id FROM (\n{}) u", uses(bucket.name, &ids))
        })
        .collect();
    format!(
        "WITH seen AS MATERIALIZED (
       SELECT id, size, bucket FROM storage_object TABLESAMPLE SYSTEM ($2::float8::float4) REPEATABLE (0)),
     held AS (
       SELECT DISTINCT u.id, coalesce(u.team_id, p.team_id) AS team_id
         FROM (\n{}) u LEFT JOIN file f ON f.id = u.file_id LEFT JOIN project p ON p.id = f.project_id)
SELECT t.id, t.name, t.deleted_at, (count(*) * $1::float8)::bigint AS count,
       (sum(seen.size) * $1::float8)::bigint AS bytes
  FROM held JOIN seen ON seen.id = held.id JOIN team t ON t.id = held.team_id
 GROUP BY t.id ORDER BY bytes DESC, t.id LIMIT {TEAMS_MAX}",
        uses.join("\nUNION ALL\n")
    )
});

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_large_table_is_sampled() {
        assert_eq!(percent(0, 1000), None);
        assert_eq!(percent(1000, 1000), None);
        assert_eq!(percent(4000, 1000), Some(25.0));
        assert_eq!(percent(i64::MAX, 1000), Some(0.01));
    }
}
