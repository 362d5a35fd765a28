//! What stands between a waiting job and its start.

use serde::Serialize;
use sqlx::PgPool;

use super::job::Shown;
use crate::{enqueue::HOUSEKEEPING, sql};

/// Jobs are counted up to here.
pub const AHEAD_MAX: i64 = 10_000;
/// Running jobs that are named.
const NAMED_MAX: i64 = 10;

/// Where a job stands among the others.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Standing {
    /// Ready jobs of its queue that start before it: of a higher priority, or as high and older. At most
    /// [`AHEAD_MAX`]; where several teams wait their turns are taken one after another, so that fewer may.
    pub ahead: i64,
    /// Those of them with a higher priority.
    pub above: i64,
    /// How many jobs of its queue run.
    pub running_in_queue: i64,
    /// How many of its kind run.
    pub running_of_kind: i64,
    /// Numbers of running jobs of its queue, at most 10.
    pub some_in_queue: Vec<i64>,
    /// Numbers of running jobs of its kind, at most 10.
    pub some_of_kind: Vec<i64>,
    /// The unfinished job that has its unique key, when that is another one.
    pub twin: Option<i64>,
}

/// Looks where a job stands.
///
/// # Errors
/// When the database refuses.
pub async fn standing(pool: &PgPool, job: &Shown) -> sqlx::Result<Standing> {
    let priority = if job.housekeeping { job.priority - HOUSEKEEPING } else { job.priority };
    let query = sqlx::query_as::<_, (i64, i64, i64, i64, Vec<i64>, Vec<i64>, Option<i64>)>(sql::STANDING);
    let query = query.bind(job.id).bind(&job.queue).bind(&job.kind).bind(priority).bind(&job.unique_key);
    let (ahead, above, running_in_queue, running_of_kind, some_in_queue, some_of_kind, twin) =
        query.bind(AHEAD_MAX).bind(NAMED_MAX).fetch_one(pool).await?;
    Ok(Standing { ahead, above, running_in_queue, running_of_kind, some_in_queue, some_of_kind, twin })
}
