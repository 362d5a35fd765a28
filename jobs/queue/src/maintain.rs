//! What keeps the queue going by itself: due jobs, lost workers, the clock, history, and what is measured.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sqlx::PgConnection;

use crate::{
    busy::CpuMeter,
    connection::{Link, STATEMENT_MAX, within},
    control::Controls,
    cron_line::{latest_tick, next_tick},
    engine::Engine,
    enqueue::HOUSEKEEPING,
    read::{COUNT_MAX, oldest_ready},
    slots::Slots,
    sql,
    state::Table,
};

/// History partitions are made this many days ahead.
pub(crate) const DAYS_AHEAD: i32 = 3;

/// Switches hold within 2 s everywhere, also where no message of the change came in.
const CONTROLS_EVERY: Duration = Duration::from_secs(1);
const RESCUE_EVERY: Duration = Duration::from_secs(1);
const SEEN_EVERY: Duration = Duration::from_secs(5);
const MEASURE_EVERY: Duration = Duration::from_secs(15);
const AGE_EVERY: Duration = Duration::from_secs(30);
const HISTORY_EVERY: Duration = Duration::from_secs(3_600);
/// A tick that comes later than this was missed.
const MISSED_AFTER: chrono::TimeDelta = chrono::TimeDelta::seconds(60);
/// Workers that were not seen for this long are forgotten.
const WORKERS_KEPT: Duration = Duration::from_secs(24 * 3_600);
/// What charts show, and a day more.
const SAMPLES_KEPT: Duration = Duration::from_secs(8 * 24 * 3_600);

/// Promotes scheduled jobs when they are due, and is the poll under every wake-up.
pub(crate) async fn timer(engine: Arc<Engine>) {
    let mut link = Link::new("timer", &engine.options, false);
    let mut controls = Every::new(CONTROLS_EVERY);
    let mut meter = CpuMeter::new();
    while !engine.draining() {
        if engine.take_controls_changed() || controls.due() {
            let read = within(STATEMENT_MAX, async { Controls::load(link.open().await?).await }).await;
            match link.settle(read).await {
                Ok(read) => engine.set_controls(read),
                Err(_) => controls.again(),
            }
        }
        let promoted = within(STATEMENT_MAX, async {
            sqlx::query_as::<_, (i64, Option<f64>)>(sql::PROMOTE).fetch_one(link.open().await?).await
        });
        let promoted = promoted.await;
        let mut wait = engine.config.poll;
        if let Ok((count, next_s)) = link.settle(promoted).await {
            if let Some(seconds) = next_s {
                // One more millisecond: waking just before the moment would only mean waking twice.
                let next = Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(wait);
                wait = wait.min(next + Duration::from_millis(1));
            }
            // A full portion: there is more.
            if count >= 1_000 {
                wait = Duration::ZERO;
            }
        }
        engine.wake_claimer();
        engine.offer_housekeeping(meter.is_busy());
        // An end of the wait without a call is the poll.
        let _called = tokio::time::timeout(wait, engine.due.notified()).await;
    }
}

/// Rescues, ticks, history, worker list, gauges. Every worker does all of it; the statements decide who wins.
pub(crate) async fn maintenance(engine: Arc<Engine>) {
    let mut link = Link::new("maintenance", &engine.options, false);
    let mut rescue = Every::new(RESCUE_EVERY.min(engine.config.lease / 3));
    let mut seen = Every::new(SEEN_EVERY);
    let mut measure = Every::new(MEASURE_EVERY);
    let mut age = Every::new(AGE_EVERY.min(engine.config.housekeeping_max_wait));
    let mut history = Every::new(HISTORY_EVERY);
    while !engine.closed() {
        let worked = within(STATEMENT_MAX, async {
            let conn = link.open().await?;
            if rescue.due() {
                rescue_lost(&engine, conn).await?;
                tick(&engine, conn).await?;
            }
            if age.due() {
                age_housekeeping(&engine, conn).await?;
            }
            if seen.due() {
                report(&engine, conn).await?;
            }
            if measure.due() {
                gauges(&engine, conn).await?;
            }
            if history.due() {
                keep_history(&engine, conn).await?;
            }
            Ok(())
        });
        let worked = worked.await;
        if link.settle(worked).await.is_err() {
            for every in [&mut rescue, &mut seen, &mut measure, &mut age, &mut history] {
                every.again();
            }
        }
        tokio::time::sleep(rescue.period / 4).await;
    }
}

/// Something that is due from time to time, the first time at once.
struct Every {
    period: Duration,
    last: Option<Instant>,
}

impl Every {
    fn new(period: Duration) -> Every {
        Every { period, last: None }
    }

    fn due(&mut self) -> bool {
        let due = self.last.is_none_or(|last| last.elapsed() >= self.period);
        if due {
            self.last = Some(Instant::now());
        }
        due
    }

    /// The last one did not happen.
    fn again(&mut self) {
        self.last = None;
    }
}

async fn rescue_lost(engine: &Engine, conn: &mut PgConnection) -> sqlx::Result<()> {
    let rows: Vec<LostRow> = sqlx::query_as(sql::RESCUE).fetch_all(conn).await?;
    let lost: Vec<Lost> = rows.into_iter().map(Lost::of).collect();
    if !lost.is_empty() {
        let back = lost.iter().filter(|job| job.back).count();
        metrics::counter!("atelier_queue_rescued_total").increment(lost.len() as u64);
        tracing::warn!(back, dead = lost.len() - back, "queue: rescued jobs of a lost worker");
        lost.iter().for_each(Lost::trace);
        engine.wake_claimer();
    }
    Ok(())
}

/// Number, kind, attempt, trace, whether it runs again.
type LostRow = (i64, String, i16, Option<String>, bool);

/// An attempt whose worker was lost.
struct Lost {
    id: i64,
    kind: String,
    attempt: i16,
    trace: Option<String>,
    back: bool,
}

impl Lost {
    fn of((id, kind, attempt, trace, back): LostRow) -> Lost {
        Lost { id, kind, attempt, trace, back }
    }

    /// The worker could not close the attempt's span: a short one stands for it.
    fn trace(&self) {
        let (id, kind, attempt, traceparent) = (self.id, &*self.kind, self.attempt, self.trace.as_deref());
        let outcome = if self.back { "retried" } else { "dead" };
        let span = tracing::info_span!(
            parent: None,
            "rescue",
            otel.kind = "consumer",
            traceparent,
            job = id,
            kind,
            attempt,
            outcome,
            "error.type" = "worker_lost"
        );
        span.in_scope(|| tracing::debug!(job = id, kind, attempt, "queue: rescued from a lost worker"));
    }
}

/// Housekeeping does not wait for ever.
async fn age_housekeeping(engine: &Engine, conn: &mut PgConnection) -> sqlx::Result<()> {
    let queues: Vec<&str> = engine.queues.iter().map(|slots| &*slots.name).collect();
    let query = sqlx::query(sql::AGE_HOUSEKEEPING)
        .bind(queues)
        .bind(engine.config.housekeeping_max_wait.as_secs_f64());
    let aged = query.bind(HOUSEKEEPING).execute(conn).await?.rows_affected();
    if aged > 0 {
        tracing::info!(aged, "queue: housekeeping has waited for long and is ordinary work now");
        engine.wake_claimer();
    }
    Ok(())
}

/// Name, cron line, planned tick, now, whether missed ticks are left out.
type Due = (String, String, DateTime<Utc>, DateTime<Utc>, bool);

/// Starts what the clock asks for. Of ticks that were missed the last one runs, or none.
async fn tick(engine: &Engine, conn: &mut PgConnection) -> sqlx::Result<()> {
    if engine.config.schedules.is_empty() {
        return Ok(());
    }
    let due: Vec<Due> = sqlx::query_as(sql::SCHEDULES_DUE).fetch_all(&mut *conn).await?;
    for (name, line, planned, now, skip_missed) in due {
        // A line this program no longer has would start a kind it does not know.
        if !engine.config.schedules.iter().any(|schedule| schedule.name() == name) {
            continue;
        }
        let (Some(latest), Some(next)) = (latest_tick(&line, now), next_tick(&line, now)) else {
            tracing::error!(schedule = name, line, "queue: the cron line does not parse or never comes");
            continue;
        };
        let tick = latest.max(planned);
        if skip_missed && now - tick > MISSED_AFTER {
            sqlx::query(sql::SCHEDULE_SKIP).bind(&name).bind(next).execute(&mut *conn).await?;
            continue;
        }
        let query = sqlx::query_scalar::<_, i64>(sql::SCHEDULE_TICK).bind(&name).bind(tick).bind(next);
        let started = query.fetch_one(&mut *conn).await?;
        if started > 0 {
            engine.wake_claimer();
        }
    }
    Ok(())
}

async fn report(engine: &Engine, conn: &mut PgConnection) -> sqlx::Result<()> {
    let slots: Map<String, Value> =
        engine.queues.iter().map(|s| (s.name.to_string(), s.slots.into())).collect();
    let busy: Map<String, Value> =
        engine.queues.iter().map(|s| (s.name.to_string(), s.running().into())).collect();
    let pid = i32::try_from(std::process::id()).unwrap_or(0);
    let query = sqlx::query(sql::WORKER_SEEN).bind(engine.worker_id).bind(pid).bind(host());
    let query = query.bind(&engine.config.version).bind(Value::Object(slots)).bind(Value::Object(busy));
    query.bind(engine.draining()).execute(conn).await?;
    Ok(())
}

/// The machine's name, for people.
fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().chars().take(100).collect()
}

async fn gauges(engine: &Engine, conn: &mut PgConnection) -> sqlx::Result<()> {
    for slots in &engine.queues {
        let query = sqlx::query_scalar::<_, i64>(sql::COUNT_READY).bind(&*slots.name).bind(COUNT_MAX);
        let ready = query.fetch_one(&mut *conn).await?;
        let oldest_s = oldest_ready(&mut *conn, &slots.name).await?;
        record_sample(conn, slots, ready, oldest_s).await?;
        let queue = slots.name.to_string();
        #[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
        let [ready, running, all] = [ready as f64, slots.running() as f64, slots.slots as f64];
        metrics::gauge!("atelier_queue_ready", "queue" => queue.clone()).set(ready);
        metrics::gauge!("atelier_queue_oldest_ready_seconds", "queue" => queue.clone()).set(oldest_s);
        metrics::gauge!("atelier_queue_running", "queue" => queue.clone()).set(running);
        metrics::gauge!("atelier_queue_slots", "queue" => queue).set(all);
    }
    let dead: i64 = sqlx::query_scalar(sql::COUNT_DEAD).bind(COUNT_MAX).fetch_one(conn).await?;
    #[expect(clippy::cast_precision_loss, reason = "at most COUNT_MAX")]
    metrics::gauge!("atelier_queue_dead_jobs").set(dead as f64);
    Ok(())
}

/// Adds to the charts what ended here, and how the queue stands.
async fn record_sample(
    conn: &mut PgConnection,
    slots: &Slots,
    ready: i64,
    oldest_s: f64,
) -> sqlx::Result<()> {
    let tally = slots.take_tally();
    let [done, failed] = [tally.done, tally.failed].map(|count| i32::try_from(count).unwrap_or(i32::MAX));
    let query =
        sqlx::query(sql::SAMPLE_ADD).bind(&*slots.name).bind(ready).bind(oldest_s).bind(done).bind(failed);
    let recorded = query.execute(conn).await;
    if recorded.is_err() {
        slots.put_back(tally);
    }
    recorded.map(drop)
}

async fn keep_history(engine: &Engine, conn: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query(sql::HISTORY_ADD_DAYS).bind(DAYS_AHEAD).execute(&mut *conn).await?;
    sqlx::query(sql::WORKERS_FORGET).bind(WORKERS_KEPT.as_secs_f64()).execute(&mut *conn).await?;
    sqlx::query(sql::SAMPLES_FORGET).bind(SAMPLES_KEPT.as_secs_f64()).execute(&mut *conn).await?;
    if let Some(kept) = engine.config.retention {
        for table in [Table::Done, Table::Cancelled] {
            let query = sqlx::query(sql::HISTORY_DROP_OLD).bind(table.name()).bind(kept.as_secs_f64());
            query.execute(&mut *conn).await?;
        }
    }
    Ok(())
}
