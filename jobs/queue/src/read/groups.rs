//! Dead jobs by what went wrong.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgPool, Row, postgres::PgRow};

use crate::sql;

/// Dead jobs that one question looks at, the youngest.
pub const GROUPS_LOOKED_AT: i64 = 100_000;
/// Most groups in an answer.
const GROUPS_MAX: i64 = 200;

/// Dead jobs of one kind whose last errors differ in numbers and keys only.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// What they have in common: [`super::Filter::fingerprint`].
    pub fingerprint: String,
    /// Their kind.
    pub kind: String,
    /// How many there are.
    pub count: i64,
    /// When the first one died.
    pub first_at: DateTime<Utc>,
    /// When the last one died.
    pub last_at: DateTime<Utc>,
    /// The youngest of them.
    pub sample: i64,
    /// Its last error.
    pub error: String,
}

/// The groups among the youngest [`GROUPS_LOOKED_AT`] dead jobs, the largest first, at most 200.
///
/// # Errors
/// When the database refuses.
pub async fn groups(pool: &PgPool) -> sqlx::Result<Vec<Group>> {
    let rows = sqlx::query(sql::GROUPS).bind(GROUPS_LOOKED_AT).bind(GROUPS_MAX).fetch_all(pool).await?;
    rows.iter().map(group).collect()
}

fn group(row: &PgRow) -> sqlx::Result<Group> {
    Ok(Group {
        fingerprint: row.try_get("fingerprint")?,
        kind: row.try_get("kind")?,
        count: row.try_get("count")?,
        first_at: row.try_get("first_at")?,
        last_at: row.try_get("last_at")?,
        sample: row.try_get("sample")?,
        error: row.try_get("error")?,
    })
}
