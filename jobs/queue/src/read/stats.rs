//! How queues fare, counted only as far as a person wants to know.

use serde::{Serialize, Serializer};
use sqlx::PgPool;

use crate::{control::Control, lanes::SURVEY_MAX, sql};

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
    /// Its dead letters.
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
    let mut controls = crate::control::controls(pool).await?;
    let rows = sqlx::query_as::<_, Counts>(COUNTS).bind(queues).bind(COUNT_MAX).fetch_all(pool).await?;
    let mut found = vec![];
    for (queue, ready, scheduled, running, slots, dead, done) in rows {
        let scope = crate::control::Scope::Queue(queue.clone());
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

/// A row for each queue of `$1`. Each count goes through the index of its state and stops at `$2`; what no index has by
/// queue is looked at once for all of them. What is ready is counted in the order of its index: else the server, which
/// does not know the queue beforehand, expects it to be found soon in the whole table.
const COUNTS: &str = "with \
    due as materialized (select queue, count(*) as n from \
      (select queue from queue.job where state = 0 order by run_at limit $2) w group by queue), \
    run as materialized (select queue, count(*) as n from queue.job where state = 2 and lease_until is not null \
      group by queue), \
    dead as materialized (select queue, count(*) as n from \
      (select queue from queue.job_dead order by id desc limit $2) w group by queue), \
    done as materialized (select queue, count(*) as n from \
      (select queue, finished_at from queue.job_done order by id desc limit $2) w \
      where finished_at > now() - interval '1 hour' group by queue) \
    select q.queue, \
      (select count(*) from (select 1 from queue.job j where j.queue = q.queue and state = 1 \
         order by priority desc, lane desc, id limit $2) n) as ready, \
      coalesce((select n from due where due.queue = q.queue), 0) as scheduled, \
      coalesce((select n from run where run.queue = q.queue), 0) as running, \
      (select coalesce(sum((slots->>q.queue)::bigint), 0)::bigint from queue.worker \
        where seen_at > now() - interval '1 minute' and not draining) as slots, \
      coalesce((select n from dead where dead.queue = q.queue), 0) as dead, \
      coalesce((select n from done where done.queue = q.queue), 0) as done \
    from unnest($1::text[]) with ordinality q(queue, place) order by place";

/// In seconds; every lane's first job is its oldest.
pub(crate) async fn oldest_ready(executor: impl sqlx::PgExecutor<'_>, queue: &str) -> sqlx::Result<f64> {
    let (priority, lane) = crate::lanes::TOP;
    let query = sqlx::query_as::<_, (i16, i32, String, f64)>(sql::SURVEY).bind(queue).bind(i16::MIN);
    let query = query.bind(priority).bind(lane).bind(SURVEY_MAX as i64);
    let lanes = query.fetch_all(executor).await?;
    Ok(lanes.iter().map(|(_, _, _, age_s)| *age_s).fold(0.0, f64::max))
}
