//! Pages of jobs, youngest first. Every question looks at a bounded number of rows, so that it is answered soon however
//! many jobs there are and however few of them match.

use serde::Serialize;
use sqlx::{PgPool, Row};

use super::{COLUMNS, Filter, PAGE_MAX, PLACES, Shown, State, nulls, shown};

/// Rows that one question looks at in each place.
const WINDOW: i64 = 5_000;
/// The same where text is searched in errors, which are long.
const WINDOW_OF_TEXT: i64 = 1_000;

/// Some jobs, and where to go on.
#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// Youngest first; may be fewer than asked for, or none, although there are more.
    pub jobs: Vec<Shown>,
    /// [`Filter::before`] of the next page; `None`: there is nothing more.
    pub next: Option<i64>,
}

/// One page. To fill it, ask again with [`Page::next`] until it is `None`.
///
/// # Errors
/// When the database refuses.
pub async fn list(pool: &PgPool, filter: &Filter) -> sqlx::Result<Page> {
    let limit = if filter.limit == 0 { 100 } else { filter.limit.clamp(1, PAGE_MAX) };
    let states = if filter.states.is_empty() { &State::ALL[..] } else { &filter.states };
    let codes: Vec<i16> = states.iter().map(|state| state.code()).collect();
    let sql = question(states, filter.fingerprint.is_some());
    let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(codes).bind(&filter.kind).bind(&filter.queue);
    let query = query.bind(filter.tenant).bind(filter.since).bind(&filter.text);
    let window = if filter.text.is_some() { WINDOW_OF_TEXT } else { WINDOW };
    let rows =
        query.bind(filter.before).bind(limit).bind(window).bind(&filter.fingerprint).fetch_all(pool).await?;
    // The last row of the answer tells how far it looked.
    let mut jobs = vec![];
    let mut looked_to: Option<i64> = None;
    for row in &rows {
        if row.try_get::<i16, _>("code")? < 0 {
            looked_to = row.try_get("id")?;
        } else {
            jobs.push(shown(row)?);
        }
    }
    // Where one place was not looked at to its end, older rows of the others are not its neighbours yet.
    if let Some(bound) = looked_to {
        jobs.retain(|job| job.id >= bound);
    }
    let full = jobs.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let next = if full { jobs.last().map(|job| job.id) } else { looked_to };
    Ok(Page { jobs, next })
}

/// Only the places where wanted states can be. `$1` states, `$2` kind, `$3` queue, `$4` tenant, `$5` since, `$6` text,
/// `$7` before, `$8` limit, `$9` window, `$10` fingerprint.
fn question(states: &[State], of_group: bool) -> String {
    let is_wanted = |table: &str| {
        states.iter().any(|state| match state {
            State::Scheduled | State::Ready | State::Running => table == "queue.job",
            State::Dead => table == "queue.job_dead",
            State::Done => table == "queue.job_done",
            State::Discarded | State::Cancelled => table == "queue.job_void",
        })
    };
    // Running jobs are few and may be far down: through the index of leases.
    let running = states == [State::Running];
    let mut parts = vec![];
    let mut ends = vec![];
    for (table, code, own) in PLACES.iter().filter(|place| is_wanted(place.0)) {
        let only = match (running, of_group, *table) {
            (true, ..) => "and state = 2 and lease_until is not null",
            (_, true, "queue.job_dead") => "and fingerprint = $10",
            (_, true, _) => "and false",
            _ => "",
        };
        let window = |columns: &str| {
            format!(
                "(select {columns} from {table} where ($7::bigint is null or id < $7) {only} order by id desc limit $9) w"
            )
        };
        // Not one window for both: it would carry whole jobs of which few match, and the end is in the index alone.
        parts.push(format!(
            "(select {code} as code, {COLUMNS}, {own} from {} where {code} = any($1) and ($2::text is null or kind = $2) \
             and ($3::text is null or queue = $3) and ($4::uuid is null or tenant = $4) \
             and ($5::timestamptz is null or enqueued_at >= $5) \
             and ($6::text is null or strpos(lower(errors::text), lower($6)) > 0) order by id desc limit $8)",
            window("*")
        ));
        ends.push(format!("select case when count(*) = $9 then min(id) end as id from {}", window("id")));
    }
    let nulls = nulls();
    format!(
        "with found as (select * from ({}) jobs order by id desc limit $8), e as (select max(id) as id from ({}) e) \
         select * from found union all select (-1)::smallint, e.id, {nulls} from e \
         where $10::text is null or true",
        parts.join(" union all "),
        ends.join(" union all ")
    )
}
