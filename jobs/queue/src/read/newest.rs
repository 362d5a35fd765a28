//! The last jobs of a kind that is rare among many others.

use sqlx::PgPool;

use super::{filter::PAGE_MAX, job::Shown};
use crate::sql;

/// Jobs that one question looks at in each table of jobs that have ended.
const WINDOW: i64 = 10_000;

/// The youngest jobs of a kind whose jobs have a unique key, at most `limit` (at most [`PAGE_MAX`]): all that are
/// unfinished, and of the others those among the last 10 000 of each outcome.
///
/// # Errors
/// When the database refuses.
pub async fn newest(pool: &PgPool, kind: &str, limit: i64) -> sqlx::Result<Vec<Shown>> {
    let query = sqlx::query(sql::NEWEST).bind(kind).bind(WINDOW).bind(limit.clamp(1, PAGE_MAX));
    query.fetch_all(pool).await?.iter().map(Shown::of_row).collect()
}
