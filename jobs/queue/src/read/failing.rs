//! What fails now and is tried again by itself, by what goes wrong.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgPool, Row, postgres::PgRow};

use crate::sql;

/// Failing jobs that one question looks at, the youngest.
pub const FAILING_LOOKED_AT: i64 = 1_000;
/// Most groups in an answer.
const GROUPS_MAX: i64 = 20;

/// Jobs of one kind that wait for another attempt, and whose last errors differ in numbers and keys only.
#[derive(Debug, Clone, Serialize)]
pub struct Failing {
    /// Their kind.
    pub kind: String,
    /// How many there are, of those that were looked at.
    pub count: i64,
    /// When the first of their attempts failed.
    pub since: DateTime<Utc>,
    /// When the first of them is tried again.
    pub next_at: DateTime<Utc>,
    /// The youngest of them.
    pub sample: i64,
    /// Its last error.
    pub error: String,
}

/// The groups among the youngest [`FAILING_LOOKED_AT`] jobs that wait for another attempt, the largest first, at most
/// 20.
///
/// # Errors
/// When the database refuses.
pub async fn failing(pool: &PgPool) -> sqlx::Result<Vec<Failing>> {
    let rows = sqlx::query(sql::FAILING).bind(FAILING_LOOKED_AT).bind(GROUPS_MAX).fetch_all(pool).await?;
    rows.iter().map(group).collect()
}

fn group(row: &PgRow) -> sqlx::Result<Failing> {
    Ok(Failing {
        kind: row.try_get("kind")?,
        count: row.try_get("count")?,
        since: row.try_get("since")?,
        next_at: row.try_get("next_at")?,
        sample: row.try_get("sample")?,
        error: row.try_get("error")?,
    })
}
