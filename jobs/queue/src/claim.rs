//! The claimer: takes what can start soon, never more, one statement for a portion.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use serde_json::value::RawValue;
use sqlx::{Row, postgres::PgRow};
use tokio_util::sync::CancellationToken;

use crate::{
    connection::{Link, STATEMENT_MAX, within},
    engine::Engine,
    progress::Progress,
    run::{Claimed, Control, Run},
    slots::Slots,
    sql,
};

/// Runs until the engine drains.
pub(crate) async fn claimer(engine: Arc<Engine>) {
    let mut link = Link::new("claimer", &engine.options, false);
    let mut kinds = Kinds::default();
    let mut turn = 0;
    let mut measured = vec![Instant::now(); engine.queues.len()];
    while !engine.draining() {
        let Some((index, limit)) = engine.next_claim(turn) else {
            engine.claim.notified().await;
            continue;
        };
        turn = index + 1;
        let slots = &engine.queues[index];
        // Never 0: the row of a job that is not running has no token, and 0 would read like one.
        let token = rand::random_range(1..i64::MAX);
        let rows = within(STATEMENT_MAX, async {
            let query =
                sqlx::query(sql::CLAIM).bind(&*slots.name).bind(i64::try_from(limit).unwrap_or(i64::MAX));
            let query = query.bind(token).bind(engine.worker_id).bind(engine.config.lease.as_secs_f64());
            query.fetch_all(link.open().await?).await
        })
        .await;
        let jobs = rows.and_then(|rows| decode(&rows, token, slots, &mut kinds));
        match link.settle(jobs).await {
            Ok(jobs) => {
                let full = jobs.len() == limit;
                if engine.claimed(slots, jobs, full, measured[index].elapsed()) {
                    measured[index] = Instant::now();
                }
            }
            // The claim may have been committed all the same: those jobs come back when their lease ends.
            Err(_) => engine.poke(),
        }
    }
}

/// One allocation per kind, not per job.
#[derive(Default)]
struct Kinds(HashMap<String, Arc<str>>);

/// Kinds remembered at most; a producer that invents names must not fill the memory.
const KINDS_MAX: usize = 1_000;

impl Kinds {
    fn get(&mut self, kind: &str) -> Arc<str> {
        if let Some(known) = self.0.get(kind) {
            return known.clone();
        }
        if self.0.len() >= KINDS_MAX {
            self.0.clear();
        }
        self.0.entry(kind.to_owned()).or_insert_with(|| kind.into()).clone()
    }
}

fn decode(rows: &[PgRow], token: i64, slots: &Arc<Slots>, kinds: &mut Kinds) -> sqlx::Result<Vec<Claimed>> {
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        let kind = kinds.get(row.try_get("kind")?);
        let waited_s: f64 = row.try_get("waited_s")?;
        metrics::histogram!("atelier_queue_wait_ms", "kind" => kind.clone())
            .record(waited_s.max(0.0) * 1_000.0);
        let timeout_ms: Option<i32> = row.try_get("timeout_ms")?;
        let run = Run {
            id: row.try_get("id")?,
            attempt: row.try_get("attempt")?,
            max_attempts: row.try_get("max_attempts")?,
            kind,
            queue: slots.name.clone(),
            tenant: row.try_get("tenant")?,
            origin: row.try_get("origin")?,
            clock_shift: chrono::Duration::milliseconds(row.try_get("clock_shift_ms")?),
            control: Arc::new(Control { cancelled: CancellationToken::new(), progress: Progress::new() }),
        };
        let priority: i16 = row.try_get("priority")?;
        let timeout = timeout_ms.map(|ms| Duration::from_millis(u64::from(ms.max(1).unsigned_abs())));
        let payload: Box<RawValue> = row.try_get("payload")?;
        jobs.push((priority, Claimed { run, token, payload, timeout, late: row.try_get("late")? }));
    }
    // RETURNING has no order.
    jobs.sort_unstable_by_key(|(priority, job)| (std::cmp::Reverse(*priority), job.run.id));
    Ok(jobs.into_iter().map(|(_, job)| job).collect())
}
