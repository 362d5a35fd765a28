//! How queues fare, counted only as far as a person wants to know.

use serde::{Serialize, Serializer};
use sqlx::PgPool;

use crate::{
    control::{Control, Scope, controls},
    lanes::{SURVEY_MAX, TOP},
    sql,
};

/// Counts stop here: nobody needs to tell a million from two.
pub(crate) const COUNT_MAX: i64 = 10_000;

/// A count that stops at 10 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Depth(pub i64);

impl Depth {
    /// There may be more than it says.
    pub fn is_cut(self) -> bool {
        self.0 >= COUNT_MAX
    }
}

impl std::fmt::Display for Depth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}{}", self.0, if self.is_cut() { "+" } else { "" }))
    }
}

impl Serialize for Depth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(self.0)
    }
}

/// One queue at this moment.
#[derive(Debug, Clone, Serialize)]
pub struct QueueStats {
    /// Its name.
    pub queue: String,
    /// Jobs that wait for a slot.
    pub ready: Depth,
    /// How long the one that waits longest has been due, in seconds; 0 when none waits. Of the first 256 lanes.
    pub oldest_ready_s: f64,
    /// Jobs that wait for their time.
    pub scheduled: Depth,
    /// Jobs that run.
    pub running: Depth,
    /// Slots of all workers that are there.
    pub slots: i64,
    /// Its dead jobs.
    pub dead: Depth,
    /// Jobs that ended well within the last hour.
    pub done_last_hour: Depth,
    /// Its switch and limits, when it has any.
    pub control: Option<Control>,
}

/// Every one of `queues`, in their order.
///
/// # Errors
/// When the database refuses.
pub async fn stats(pool: &PgPool, queues: &[&str]) -> sqlx::Result<Vec<QueueStats>> {
    let mut controls = controls(pool).await?;
    let rows = sqlx::query_as::<_, Counts>(sql::QUEUE_COUNTS).bind(queues).bind(COUNT_MAX);
    let rows = rows.fetch_all(pool).await?;
    let mut found = vec![];
    for (queue, ready, scheduled, running, slots, dead, done) in rows {
        let scope = Scope::Queue(queue.clone());
        let control = controls.iter().position(|c| c.scope == scope).map(|i| controls.swap_remove(i));
        found.push(QueueStats {
            oldest_ready_s: oldest_ready(pool, &queue).await?,
            queue,
            ready: Depth(ready),
            scheduled: Depth(scheduled),
            running: Depth(running),
            slots,
            dead: Depth(dead),
            done_last_hour: Depth(done),
            control,
        });
    }
    Ok(found)
}

/// Queue, ready, scheduled, running, slots, dead, done within an hour.
type Counts = (String, i64, i64, i64, i64, i64, i64);

/// In seconds; every lane's first job is its oldest.
pub(crate) async fn oldest_ready(executor: impl sqlx::PgExecutor<'_>, queue: &str) -> sqlx::Result<f64> {
    let (priority, lane) = TOP;
    let query = sqlx::query_as::<_, (i16, i32, String, f64)>(sql::SURVEY_LANES).bind(queue).bind(i16::MIN);
    let query = query.bind(priority).bind(lane).bind(SURVEY_MAX as i64);
    let lanes = query.fetch_all(executor).await?;
    Ok(lanes.iter().map(|(_, _, _, age_s)| *age_s).fold(0.0, f64::max))
}
