//! Pages of jobs in other orders than the youngest first. As with [`super::list`], every question looks at a bounded
//! number of rows, each time through an index, so that it is answered soon however many jobs there are.

use std::{fmt, str::FromStr};

use serde::Serialize;
use sqlx::{PgPool, Row};

use super::{COLUMNS, Filter, PAGE_MAX, PLACES, Shown, State, list, nulls, shown};

/// Rows that one question looks at in each place.
const WINDOW: i64 = 5_000;
/// Queues that [`Order::Priority`] merges; the first by name.
const QUEUES_MAX: i64 = 16;

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// The youngest.
    #[default]
    Newest,
    /// The oldest.
    Oldest,
    /// Of those that run, the one that runs longest.
    Running,
    /// Of those that are ready, the one that was asked for first.
    Waiting,
    /// Of those that are ready, the one with the highest priority; housekeeping last.
    Priority,
    /// The one with most attempts.
    Attempts,
}

impl Order {
    /// Every order.
    pub const ALL: [Order; 6] =
        [Order::Newest, Order::Oldest, Order::Running, Order::Waiting, Order::Priority, Order::Attempts];

    /// Its name, as in addresses.
    pub fn name(self) -> &'static str {
        match self {
            Order::Newest => "newest",
            Order::Oldest => "oldest",
            Order::Running => "running",
            Order::Waiting => "waiting",
            Order::Priority => "priority",
            Order::Attempts => "attempts",
        }
    }

    /// The only state that it is about; `None`: all.
    pub fn state(self) -> Option<State> {
        match self {
            Order::Running => Some(State::Running),
            Order::Waiting | Order::Priority => Some(State::Ready),
            Order::Newest | Order::Oldest | Order::Attempts => None,
        }
    }

    /// Whether larger ranks, and among equal ones larger ids, come first.
    fn is_down(self) -> (bool, bool) {
        match self {
            Order::Newest | Order::Attempts => (true, true),
            Order::Oldest | Order::Running | Order::Waiting => (false, false),
            Order::Priority => (true, false),
        }
    }
}

impl FromStr for Order {
    type Err = String;

    fn from_str(text: &str) -> Result<Order, String> {
        let names = Order::ALL.map(Order::name).join(", ");
        let found = Order::ALL.into_iter().find(|order| order.name() == text);
        found.ok_or_else(|| format!("no order {text:?}: one of {names}"))
    }
}

/// Where a page ended: a job's rank in the order, and its id. As text `RANK.ID`, or `ID` when all have one rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    rank: i64,
    id: i64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rank == 0 { write!(f, "{}", self.id) } else { write!(f, "{}.{}", self.rank, self.id) }
    }
}

impl FromStr for Cursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Cursor, Self::Err> {
        let (rank, id) = text.split_once('.').unwrap_or(("0", text));
        Ok(Cursor { rank: rank.parse()?, id: id.parse()? })
    }
}

/// Some jobs in an order, and where to go on.
#[derive(Debug, Clone)]
pub struct SortedPage {
    /// May be fewer than asked for, or none, although there are more.
    pub jobs: Vec<Shown>,
    /// Where the next page begins; `None`: there is nothing more.
    pub next: Option<Cursor>,
}

/// One page in an order, after where another ended. A filter's `before` is not used; of its states only the one that
/// the order is about counts. To fill a page, ask again until `next` is `None`.
///
/// # Errors
/// When the database refuses.
pub async fn sorted(
    pool: &PgPool,
    filter: &Filter,
    order: Order,
    after: Option<Cursor>,
) -> sqlx::Result<SortedPage> {
    if order == Order::Newest {
        let filter = Filter { before: after.map(|cursor| cursor.id), ..filter.clone() };
        let page = list(pool, &filter).await?;
        return Ok(SortedPage { jobs: page.jobs, next: page.next.map(|id| Cursor { rank: 0, id }) });
    }
    let limit = if filter.limit == 0 { 100 } else { filter.limit.clamp(1, PAGE_MAX) };
    let queues = if order == Order::Priority { ready_queues(pool, filter).await? } else { vec![] };
    let sources = sources(order, filter, after, queues.len());
    if sources.is_empty() {
        return Ok(SortedPage { jobs: vec![], next: None });
    }
    let states: Vec<State> = match order.state() {
        Some(state) => vec![state],
        None if filter.states.is_empty() => State::ALL.to_vec(),
        None => filter.states.clone(),
    };
    let codes: Vec<i16> = states.iter().map(|state| state.code()).collect();
    let query = sqlx::query(sqlx::AssertSqlSafe(question(order, &sources))).bind(codes).bind(&filter.kind);
    let query = query.bind(&filter.queue).bind(filter.tenant).bind(filter.since).bind(&filter.text);
    let query = query.bind(after.map(|cursor| cursor.rank)).bind(after.map(|cursor| cursor.id)).bind(limit);
    let query = query.bind(WINDOW).bind(&filter.fingerprint).bind(queues);
    let (mut jobs, mut bound): (Vec<(Cursor, Shown)>, Option<Cursor>) = (vec![], None);
    for row in query.fetch_all(pool).await? {
        let Some(id) = row.try_get("id")? else { continue };
        let cursor = Cursor { rank: row.try_get("rank")?, id };
        if row.try_get::<i16, _>("code")? >= 0 {
            jobs.push((cursor, shown(&row)?));
        } else if bound.is_none_or(|known| comes_before(order, cursor, known)) {
            bound = Some(cursor);
        }
    }
    // Where one place was not looked at to its end, what others have beyond are not its neighbours yet.
    if let Some(bound) = bound {
        jobs.retain(|(cursor, _)| *cursor == bound || comes_before(order, *cursor, bound));
    }
    let full = jobs.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let next = if full { jobs.last().map(|(cursor, _)| *cursor) } else { bound };
    Ok(SortedPage { jobs: jobs.into_iter().map(|(_, job)| job).collect(), next })
}

fn comes_before(order: Order, one: Cursor, other: Cursor) -> bool {
    let (rank_down, id_down) = order.is_down();
    let ranks = if rank_down { other.rank.cmp(&one.rank) } else { one.rank.cmp(&other.rank) };
    let ids = if id_down { other.id.cmp(&one.id) } else { one.id.cmp(&other.id) };
    ranks.then(ids).is_lt()
}

/// Queues that have something ready, from one index entry to the next.
async fn ready_queues(pool: &PgPool, filter: &Filter) -> sqlx::Result<Vec<String>> {
    if let Some(queue) = &filter.queue {
        return Ok(vec![queue.clone()]);
    }
    let sql = "with recursive q as ((select queue from queue.job where state = 1 order by queue limit 1) \
        union all select (select queue from queue.job where state = 1 and queue > q.queue order by queue limit 1) \
          from q where q.queue is not null) \
        select queue from q where queue is not null limit $1";
    sqlx::query_scalar(sql).bind(QUEUES_MAX).fetch_all(pool).await
}

/// A stretch of an index: its rows come in the order.
struct Source {
    place: (&'static str, &'static str, &'static str),
    rank: &'static str,
    condition: String,
    order: &'static str,
    /// What is no part of the index; asked of the rows that were looked at.
    only: &'static str,
}

/// As one number: a lane is a part of the order because the index has it.
const PRIORITY_RANK: &str = "priority::bigint * 4294967296 + lane";

/// `$7` the rank and `$8` the id after which it goes on, `$11` fingerprint, `$12` queues.
fn sources(order: Order, filter: &Filter, after: Option<Cursor>, queues: usize) -> Vec<Source> {
    let job = PLACES[0];
    let one = |rank, condition: &str, order, only| Source {
        place: job,
        rank,
        condition: condition.to_owned(),
        order,
        only,
    };
    match order {
        Order::Newest => vec![],
        Order::Oldest => {
            let of =
                |place| Source { place, rank: "0::bigint", condition: ids_above(), order: "id", only: "" };
            places(filter).map(of).collect()
        }
        Order::Waiting => vec![one("0::bigint", &ids_above(), "id", "")],
        Order::Running => {
            let rank = "(extract(epoch from started_at) * 1000000)::bigint";
            let condition = format!(
                "state = 2 and lease_until is not null and ($7::bigint is null or ({rank}, id) > ($7, $8::bigint))"
            );
            vec![one(rank, &condition, "2, id", "")]
        }
        Order::Attempts => {
            // The index has only those that were tried more than once; the others are all of one rank.
            let again = |place| Source {
                place,
                rank: "attempt::bigint",
                condition: "attempt > 1 and ($7::bigint is null or (attempt, id) < ($7, $8::bigint))"
                    .to_owned(),
                order: "attempt desc, id desc",
                only: "",
            };
            let once = |place| Source {
                place,
                rank: "1::bigint",
                condition: "($7::bigint is null or $7 > 1 or id < $8::bigint)".to_owned(),
                order: "id desc",
                only: "and attempt <= 1",
            };
            let goes_on = after.is_none_or(|cursor| cursor.rank > 1);
            places(filter).filter(|_| goes_on).map(again).chain(places(filter).map(once)).collect()
        }
        Order::Priority => {
            let mut found = vec![];
            for n in 1..=queues {
                let of = |condition: &str| {
                    let condition = format!("state = 1 and queue = ($12::text[])[{n}] and {condition}");
                    one(PRIORITY_RANK, &condition, "priority desc, lane desc, id", "")
                };
                match after.map(|cursor| priority_and_lane(cursor.rank)) {
                    None => found.push(of("($7::bigint is null and $8::bigint is null)")),
                    Some((priority, lane)) => {
                        let known = "$7::bigint is not null";
                        found.push(of(&format!(
                            "priority = {priority} and lane = {lane} and id > $8::bigint and {known}"
                        )));
                        found.push(of(&format!("priority = {priority} and lane < {lane} and {known}")));
                        found.push(of(&format!("priority < {priority} and {known}")));
                    }
                }
            }
            found
        }
    }
}

fn priority_and_lane(rank: i64) -> (i64, i64) {
    let priority = rank.saturating_add(1 << 31).div_euclid(1 << 32);
    (priority, rank.saturating_sub(priority.saturating_mul(1 << 32)))
}

fn ids_above() -> String {
    "($8::bigint is null or id > $8) and ($7::bigint is null or true)".to_owned()
}

/// Those where wanted states can be.
fn places(filter: &Filter) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> + '_ {
    PLACES.into_iter().filter(|(table, ..)| {
        let of_group = filter.fingerprint.is_none() || *table == "queue.job_dead";
        let wanted = |state: &State| match state {
            State::Scheduled | State::Ready | State::Running => *table == "queue.job",
            State::Dead => *table == "queue.job_dead",
            State::Done => *table == "queue.job_done",
            State::Discarded | State::Cancelled => *table == "queue.job_void",
        };
        of_group && (filter.states.is_empty() || filter.states.iter().any(wanted))
    })
}

/// `$1` states, `$2` kind, `$3` queue, `$4` tenant, `$5` since, `$6` text, `$9` limit, `$10` window; the others as in
/// [`sources`].
fn question(order: Order, sources: &[Source]) -> String {
    let (mut windows, mut parts, mut ends) = (vec![], vec![], vec![]);
    let (rank_down, id_down) = order.is_down();
    let word = |down| if down { "desc" } else { "asc" };
    let by = format!("rank {}, id {}", word(rank_down), word(id_down));
    let nulls = nulls();
    for (n, Source { place: (table, code, own), rank, condition, order, only }) in sources.iter().enumerate()
    {
        let group =
            if *table == "queue.job_dead" { "and ($11::text is null or fingerprint = $11)" } else { "" };
        windows.push(format!(
            "w{n} as materialized (select {code} as code, {rank} as rank, {COLUMNS}, {own} from {table} \
             where {condition} {group} order by {order} limit $10)"
        ));
        parts.push(format!(
            "(select * from w{n} where code = any($1) {only} and ($2::text is null or kind = $2) \
             and ($3::text is null or queue = $3) and ($4::uuid is null or tenant = $4) \
             and ($5::timestamptz is null or enqueued_at >= $5) \
             and ($6::text is null or strpos(lower(errors::text), lower($6)) > 0) order by {by} limit $9)"
        ));
        ends.push(format!(
            "(select (-1)::smallint, rank, id, {nulls} from w{n} order by {by} offset $10 - 1 limit 1)"
        ));
    }
    format!(
        "with {}, found as (select * from ({}) jobs order by {by} limit $9) \
         select * from found where ($11::text is null or true) and ($12::text[] is null or true) union all {}",
        windows.join(", "),
        parts.join(" union all "),
        ends.join(" union all ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_its_text() {
        for (rank, id) in [(0, 7), (-3, 9), (1 << 40, i64::MAX)] {
            let cursor = Cursor { rank, id };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        assert!("1.2.3".parse::<Cursor>().is_err());
    }

    #[test]
    fn a_rank_knows_its_priority_and_lane() {
        for (priority, lane) in [(100, 5), (100, -5), (-9_000, i64::from(i32::MIN)), (0, i64::from(i32::MAX))]
        {
            assert_eq!(priority_and_lane(priority * (1 << 32) + lane), (priority, lane));
        }
    }
}
