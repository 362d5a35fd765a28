//! How long jobs have waited, as their rows tell it.

use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::time::sleep;

use crate::installation::Installation;

/// Between two of anything that is measured.
pub(super) const PAUSE: Duration = Duration::from_millis(15);
/// What takes longer is lost.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);

/// From when each job of a kind was due to its start, milliseconds, once so many are done.
pub(super) async fn waits(installation: &Installation, kind: &str, count: usize) -> Result<Vec<f64>> {
    let sql =
        "SELECT (extract(epoch FROM started_at - run_at) * 1000)::float8 FROM queue.job_done WHERE kind = $1";
    let all = async {
        loop {
            let waited: Vec<f64> =
                sqlx::query_scalar(sql).bind(kind).fetch_all(&installation.app.pool).await?;
            if waited.len() >= count {
                return anyhow::Ok(waited);
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.with_context(|| format!("not every {kind} is done"))?
}
