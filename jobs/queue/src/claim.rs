//! The claimer: takes what can start soon, never more, one statement for a portion.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;
use sqlx::{Row, postgres::PgRow};

use crate::{
    connection::{Link, STATEMENT_MAX, within},
    control::Controls,
    engine::Engine,
    lanes::{Lane, Lanes, Portion, SURVEY_MAX, TOP},
    run::{Claimed, Control, Run},
    slots::Slots,
    sql,
};

/// How soon jobs that a limit held back are looked at again.
const HELD_BACK: Duration = Duration::from_millis(50);

/// Runs until the engine drains.
pub(crate) async fn claimer(engine: Arc<Engine>) {
    let mut link = Link::new("claimer", &engine.options, false);
    let mut kinds = Kinds::default();
    let mut views: Vec<View> = engine.queues.iter().map(|_| View::default()).collect();
    let mut turn = 0;
    while !engine.draining() {
        let Some(Turn { index, limit, floor }) = next_turn(&engine, turn) else {
            wait(&engine).await;
            continue;
        };
        turn = index + 1;
        let (slots, view) = (&engine.queues[index], &mut views[index]);
        let claim = Claim { engine: &engine, slots, limit, floor };
        let brought = within(STATEMENT_MAX, claim.next(&mut link, &mut view.lanes, &mut kinds)).await;
        match link.settle(brought).await {
            Ok(Brought { jobs, more }) => {
                if engine.claimed(slots, jobs, more, view.measured.elapsed()) {
                    view.measured = Instant::now();
                }
            }
            // The claim may have been committed all the same: those jobs come back when their lease ends.
            Err(_) => engine.wake_claimer(),
        }
    }
}

/// What the claimer remembers of one queue.
struct View {
    lanes: Lanes,
    measured: Instant,
}

impl Default for View {
    fn default() -> View {
        View { lanes: Lanes::default(), measured: Instant::now() }
    }
}

struct Turn {
    index: usize,
    limit: usize,
    floor: i16,
}

/// Ordinary work first; housekeeping one at a time, and only when there is none.
fn next_turn(engine: &Engine, from: usize) -> Option<Turn> {
    if let Some((index, limit)) = engine.next_claim(from) {
        return Some(Turn { index, limit, floor: engine.floor() });
    }
    let count = engine.queues.len();
    engine.take_housekeeping().then(|| Turn { index: from % count, limit: 1, floor: i16::MIN })
}

/// Until something calls. Nobody calls when another process ends a job that a limit counts.
async fn wait(engine: &Engine) {
    let called = engine.claim.notified();
    if engine.queues.iter().any(|slots| slots.is_held_back()) {
        if tokio::time::timeout(HELD_BACK, called).await.is_err() {
            engine.queues.iter().for_each(|slots| slots.try_held_back());
        }
    } else {
        called.await;
    }
}

/// What a turn brought, and whether another may bring more.
struct Brought {
    jobs: Vec<Claimed>,
    more: bool,
}

/// One turn of one queue.
struct Claim<'a> {
    engine: &'a Engine,
    slots: &'a Arc<Slots>,
    limit: usize,
    floor: i16,
}

impl Claim<'_> {
    async fn next(&self, link: &mut Link, lanes: &mut Lanes, kinds: &mut Kinds) -> sqlx::Result<Brought> {
        let controls = self.engine.controls();
        let queue = &*self.slots.name;
        if controls.is_queue_paused(queue) {
            return Ok(Brought { jobs: vec![], more: false });
        }
        let guided = controls.concern(queue);
        if guided || lanes.is_crowded() {
            if lanes.is_stale() {
                self.survey(link, lanes, kinds).await?;
            }
            if guided || lanes.is_crowded() {
                return self.by_lanes(link, lanes, kinds, &controls).await;
            }
        }
        let jobs = self.plain(link, kinds).await?;
        let full = jobs.len() == self.limit;
        // A backlog: is it everybody's, or does one lane stand before the others?
        if full && lanes.is_old() {
            self.survey(link, lanes, kinds).await?;
        }
        Ok(Brought { jobs, more: full })
    }

    /// Never 0: the row of a job that is not running has no token, and 0 would read like one.
    fn token() -> i64 {
        rand::random_range(1..i64::MAX)
    }

    fn lease_s(&self) -> f64 {
        self.engine.config.lease.as_secs_f64()
    }

    async fn plain(&self, link: &mut Link, kinds: &mut Kinds) -> sqlx::Result<Vec<Claimed>> {
        let token = Self::token();
        let query = sqlx::query(sql::CLAIM_FIRST).bind(&*self.slots.name).bind(count(self.limit)).bind(token);
        let query = query.bind(self.engine.worker_id).bind(self.lease_s()).bind(self.floor);
        decode(&query.fetch_all(link.open().await?).await?, token, self.slots, kinds)
    }

    async fn by_lanes(
        &self,
        link: &mut Link,
        lanes: &mut Lanes,
        kinds: &mut Kinds,
        controls: &Controls,
    ) -> sqlx::Result<Brought> {
        let Some(portion) = lanes.next(self.limit, controls, &self.slots.name) else {
            return Ok(Brought { jobs: vec![], more: false });
        };
        let token = Self::token();
        let jobs = match &portion {
            Portion::Lanes(list) => self.of_lanes(link, list, token, kinds).await?,
            Portion::Limited(lane, most) => self.of_limited(link, lane, *most, token, kinds).await?,
        };
        let mut got: HashMap<(i16, i32), usize> = HashMap::new();
        for job in &jobs {
            *got.entry((job.priority, job.lane)).or_default() += 1;
        }
        lanes.served(&portion, &got);
        if matches!(portion, Portion::Limited(_, most) if jobs.len() < most) {
            self.slots.hold_back();
        }
        // When all lanes are served the next turn surveys again, unless a limit said no: that comes back by itself.
        let more = !jobs.is_empty() || !lanes.is_stale();
        Ok(Brought { jobs, more })
    }

    async fn of_lanes(
        &self,
        link: &mut Link,
        list: &[(Lane, usize)],
        token: i64,
        kinds: &mut Kinds,
    ) -> sqlx::Result<Vec<Claimed>> {
        let priorities: Vec<i16> = list.iter().map(|(lane, _)| lane.priority).collect();
        let ids: Vec<i32> = list.iter().map(|(lane, _)| lane.lane).collect();
        let limits: Vec<i64> = list.iter().map(|(_, limit)| count(*limit)).collect();
        let query = sqlx::query(sql::CLAIM_LANES).bind(&*self.slots.name).bind(priorities).bind(token);
        let query = query.bind(self.engine.worker_id).bind(self.lease_s()).bind(ids).bind(limits);
        decode(&query.fetch_all(link.open().await?).await?, token, self.slots, kinds)
    }

    async fn of_limited(
        &self,
        link: &mut Link,
        lane: &Lane,
        most: usize,
        token: i64,
        kinds: &mut Kinds,
    ) -> sqlx::Result<Vec<Claimed>> {
        let query = sqlx::query(sql::CLAIM_LIMITED).bind(&*self.slots.name).bind(&*lane.kind);
        let query = query.bind(lane.priority).bind(lane.lane).bind(i32::try_from(most).unwrap_or(i32::MAX));
        let query = query.bind(token).bind(self.engine.worker_id).bind(self.lease_s());
        decode(&query.fetch_all(link.open().await?).await?, token, self.slots, kinds)
    }

    /// Which lanes have ready jobs.
    async fn survey(&self, link: &mut Link, lanes: &mut Lanes, kinds: &mut Kinds) -> sqlx::Result<()> {
        let first = self.page(link, TOP, kinds).await?;
        let second = match lanes.second_page(&first) {
            Some(after) => self.page(link, after, kinds).await?,
            None => vec![],
        };
        lanes.surveyed(first, second);
        Ok(())
    }

    async fn page(&self, link: &mut Link, after: (i16, i32), kinds: &mut Kinds) -> sqlx::Result<Vec<Lane>> {
        let query = sqlx::query_as::<_, (i16, i32, String, f64)>(sql::SURVEY_LANES).bind(&*self.slots.name);
        let query = query.bind(self.floor).bind(after.0).bind(after.1).bind(count(SURVEY_MAX));
        let rows = query.fetch_all(link.open().await?).await?;
        let lanes =
            rows.into_iter().map(|(priority, lane, kind, _)| Lane { priority, lane, kind: kinds.get(&kind) });
        Ok(lanes.collect())
    }
}

/// One job and no other, due or not, as a claim of `engine`'s first queue. Answers whether it could be had.
pub(crate) async fn claim_one(engine: &Engine, id: i64) -> sqlx::Result<bool> {
    let mut link = Link::new("claimer", &engine.options, false);
    let slots = &engine.queues[0];
    let token = Claim::token();
    let query = sqlx::query(sql::CLAIM_ONE).bind(id).bind(token).bind(engine.worker_id);
    let rows = query.bind(engine.config.lease.as_secs_f64()).fetch_all(link.open().await?).await?;
    let jobs = decode(&rows, token, slots, &mut Kinds::default())?;
    let had = !jobs.is_empty();
    engine.claimed(slots, jobs, false, Duration::ZERO);
    Ok(had)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
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
        let run_at: DateTime<Utc> = row.try_get("run_at")?;
        let claimed_at: DateTime<Utc> = row.try_get("claimed_at")?;
        let waited_us = (claimed_at - run_at).num_microseconds().unwrap_or(i64::MAX).max(0);
        #[expect(clippy::cast_precision_loss, reason = "a time in microseconds")]
        metrics::histogram!("atelier_queue_wait_ms", "kind" => kind.clone())
            .record(waited_us as f64 / 1_000.0);
        let timeout_ms: Option<i32> = row.try_get("timeout_ms")?;
        let run = Run {
            id: row.try_get("id")?,
            attempt: row.try_get("attempt")?,
            max_attempts: row.try_get("max_attempts")?,
            kind,
            queue: slots.name.clone(),
            tenant: row.try_get("tenant")?,
            origin: row.try_get("origin")?,
            trace: row.try_get("trace")?,
            clock_shift: chrono::Duration::milliseconds(row.try_get("clock_shift_ms")?),
            control: Arc::new(Control::new()),
        };
        let timeout = timeout_ms.map(|ms| Duration::from_millis(u64::from(ms.max(1).unsigned_abs())));
        let payload: Box<RawValue> = row.try_get("payload")?;
        jobs.push(Claimed {
            run,
            token,
            priority: row.try_get("priority")?,
            lane: row.try_get("lane")?,
            payload,
            timeout,
            late: row.try_get("late")?,
        });
    }
    // RETURNING has no order.
    jobs.sort_unstable_by_key(|job| (std::cmp::Reverse(job.priority), job.run.id));
    Ok(jobs)
}
