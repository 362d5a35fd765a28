//! How queues fared over time, for charts.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgPool, Row, postgres::PgRow};

use crate::sql;

/// One span of one queue.
#[derive(Debug, Clone, Serialize)]
pub struct Sample {
    /// The queue.
    pub queue: String,
    /// When the span began.
    pub at: DateTime<Utc>,
    /// Most jobs that waited for a slot.
    pub ready: i32,
    /// Most jobs that ran.
    pub running: i32,
    /// The longest wait, seconds.
    pub oldest_s: f32,
    /// Attempts that ended well.
    pub done: i64,
    /// Attempts that failed.
    pub failed: i64,
}

/// Every queue since a moment, in spans of whole minutes, oldest first. Spans in which no worker was there are missing.
///
/// # Errors
/// When the database refuses.
pub async fn samples(pool: &PgPool, since: DateTime<Utc>, span: Duration) -> sqlx::Result<Vec<Sample>> {
    let seconds = span.as_secs().max(60);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let rows = sqlx::query(sql::SAMPLES).bind(since).bind(seconds as f64).fetch_all(pool).await?;
    rows.iter().map(sample).collect()
}

fn sample(row: &PgRow) -> sqlx::Result<Sample> {
    Ok(Sample {
        queue: row.try_get("queue")?,
        at: row.try_get("at")?,
        ready: row.try_get("ready")?,
        running: row.try_get("running")?,
        oldest_s: row.try_get("oldest_s")?,
        done: row.try_get("done")?,
        failed: row.try_get("failed")?,
    })
}
