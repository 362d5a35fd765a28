//! What people do to jobs: cancel, retry, discard, start now, change the priority; one by one or by filter, in
//! bounded portions, each in one transaction with its record.

use serde_json::{Value, json};
use sqlx::{PgPool, Postgres, Transaction, postgres::PgArguments};

use crate::{
    action::{self, SteerError},
    enqueue::{HOUSEKEEPING, PRIORITY_MAX},
    read::{Filter, State},
    sql,
};

/// Most ids in one target.
pub const IDS_MAX: usize = 1_000;
/// Jobs changed in one transaction.
const PORTION: usize = 1_000;

/// Which jobs.
#[derive(Debug, Clone)]
pub enum Target {
    /// These, at most [`IDS_MAX`].
    Ids(Vec<i64>),
    /// All that match; its page fields (`before`, `limit`) are not used.
    Matching(Filter),
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Waiting jobs end at once. Running ones are told to stop, and are ended when they have not within the worker's
    /// cancel time. They can be taken back with [`Action::Retry`] until their history is dropped.
    Cancel,
    /// Dead letters, and what was discarded or cancelled, become ready again with all their attempts; errors stay.
    Retry,
    /// Dead letters leave the list. They can be taken back with [`Action::Retry`] until their history is dropped.
    Discard,
    /// Jobs that wait for their time are ready now.
    RunNow,
    /// Waiting jobs get this priority, 0 to [`PRIORITY_MAX`], and are ordinary work from then on.
    Prioritise(i16),
}

impl Action {
    /// Its name in the record.
    pub fn name(self) -> &'static str {
        match self {
            Action::Cancel => "cancel",
            Action::Retry => "retry",
            Action::Discard => "discard",
            Action::RunNow => "run-now",
            Action::Prioritise(_) => "prioritise",
        }
    }

    /// The states it applies to; jobs in others are left alone.
    pub fn applies_to(self) -> &'static [State] {
        match self {
            Action::Cancel => &[State::Scheduled, State::Ready, State::Running],
            Action::Retry => &[State::Dead, State::Discarded, State::Cancelled],
            Action::Discard => &[State::Dead],
            Action::RunNow => &[State::Scheduled],
            Action::Prioritise(_) => &[State::Scheduled, State::Ready],
        }
    }
}

/// How many jobs `action` would change now, counted up to `most`. Of jobs with one unique key a retry
/// changes one at most, and none while an unfinished one has it.
///
/// # Errors
/// A target or a priority that cannot be, or the database refuses.
pub async fn count(pool: &PgPool, action: Action, target: &Target, most: i64) -> Result<i64, SteerError> {
    check(action, target)?;
    let mut total = 0;
    if action == Action::Retry {
        return count_retry(pool, target, most).await;
    }
    for place in places(action, target) {
        let sql = format!(
            "select count(*) from (select 1 from {} where {} limit $10) n",
            place.table, place.condition
        );
        let query = bind_target(sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql)), target, i64::MAX);
        total += query.bind(most).fetch_one(pool).await?;
    }
    Ok(total.min(most))
}

async fn count_retry(pool: &PgPool, target: &Target, most: i64) -> Result<i64, SteerError> {
    let parts: Vec<String> = places(Action::Retry, target)
        .iter()
        .map(|place| {
            format!("(select kind, unique_key from {} where {} limit $10)", place.table, place.condition)
        })
        .collect();
    if parts.is_empty() {
        return Ok(0);
    }
    let sql = format!(
        "select count(*) filter (where unique_key is null) \
           + count(distinct (kind, unique_key)) filter (where unique_key is not null) from ({}) m \
         where unique_key is null \
           or not exists (select 1 from queue.job j where j.kind = m.kind and j.unique_key = m.unique_key)",
        parts.join(" union all ")
    );
    let query = bind_target(sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(sql)), target, i64::MAX);
    Ok(query.bind(most).fetch_one(pool).await?.min(most))
}

/// Does it and answers how many jobs were changed. Portions of 1 000 jobs are one transaction each: an error in a later
/// one leaves the earlier ones done, and recorded.
///
/// # Errors
/// A target or a priority that cannot be, or the database refuses.
pub async fn steer(pool: &PgPool, action: Action, target: &Target, who: &str) -> Result<u64, SteerError> {
    check(action, target)?;
    let mut total = 0;
    for place in places(action, target) {
        // Every portion goes on below the smallest id of the one before: what an action leaves as it was, such as a
        // running job that was told to stop, is not met again.
        let mut below = i64::MAX;
        loop {
            let mut tx = pool.begin().await?;
            let Portion { ids, changed } = portion(&mut tx, action, &place, target, below, who).await?;
            if action == Action::Cancel {
                sqlx::query(sql::VOID_WAITING).bind(&ids).execute(&mut *tx).await?;
            }
            if changed > 0 {
                action::record(&mut tx, who, &label(action), &described(target), changed).await?;
                tell(&mut tx, action).await?;
                total += changed;
            }
            tx.commit().await?;
            match ids.last() {
                Some(smallest) if ids.len() >= PORTION => below = *smallest,
                _ => break,
            }
        }
    }
    Ok(total)
}

/// One portion of the jobs in one place.
struct Portion {
    /// Those that were meant, the largest first.
    ids: Vec<i64>,
    changed: u64,
}

async fn portion(
    tx: &mut Transaction<'_, Postgres>,
    action: Action,
    place: &Place,
    target: &Target,
    below: i64,
    who: &str,
) -> sqlx::Result<Portion> {
    let sql = sqlx::AssertSqlSafe(statement(action, place));
    let query = bind_target(sqlx::query_as::<_, (Vec<i64>, i64)>(sql), target, below);
    let priority = if let Action::Prioritise(priority) = action { priority } else { 0 };
    let query = query.bind(i64::try_from(PORTION).unwrap_or(i64::MAX)).bind(who.to_owned()).bind(priority);
    let (ids, changed) = query.fetch_one(&mut **tx).await?;
    Ok(Portion { ids, changed: changed.unsigned_abs() })
}

/// [`Action::Retry`] of one portion as a part of something else, which records it.
pub(crate) async fn take_back(
    tx: &mut Transaction<'_, Postgres>,
    target: &Target,
    who: &str,
) -> Result<u64, SteerError> {
    check(Action::Retry, target)?;
    let mut total = 0;
    for place in places(Action::Retry, target) {
        total += portion(tx, Action::Retry, &place, target, i64::MAX, who).await?.changed;
    }
    Ok(total)
}

fn check(action: Action, target: &Target) -> Result<(), SteerError> {
    let refuse = |text: String| Err(SteerError::Refused(text));
    if let Action::Prioritise(priority) = action
        && !(0..=PRIORITY_MAX).contains(&priority)
    {
        return refuse(format!("a priority is 0 to {PRIORITY_MAX}, not {priority}"));
    }
    match target {
        Target::Ids(ids) if ids.len() > IDS_MAX => {
            refuse(format!("at most {IDS_MAX} ids at once, use a filter"))
        }
        _ => Ok(()),
    }
}

async fn tell(tx: &mut Transaction<'_, Postgres>, action: Action) -> sqlx::Result<()> {
    match action {
        Action::Cancel => action::tell(tx, action::CANCEL).await,
        Action::Retry | Action::RunNow => action::tell(tx, "").await,
        Action::Discard | Action::Prioritise(_) => Ok(()),
    }
}

fn label(action: Action) -> String {
    match action {
        Action::Prioritise(priority) => format!("prioritise {priority}"),
        other => other.name().to_owned(),
    }
}

fn described(target: &Target) -> Value {
    match target {
        Target::Ids(ids) => json!({"ids": ids}),
        Target::Matching(filter) => json!({"filter": filter}),
    }
}

/// A table that holds jobs an action applies to, and which of its rows are meant.
struct Place {
    table: &'static str,
    condition: String,
}

/// `$1` ids or null, `$2` states, `$3` kind, `$4` queue, `$5` tenant, `$6` since, `$7` text, `$8` fingerprint, `$9` below
/// this id.
fn places(action: Action, target: &Target) -> Vec<Place> {
    let wanted = |state: &State| match target {
        Target::Ids(_) => true,
        Target::Matching(filter) => filter.states.is_empty() || filter.states.contains(state),
    };
    let states: Vec<State> = action.applies_to().iter().copied().filter(wanted).collect();
    let mut places: Vec<Place> = vec![];
    for state in states {
        let (table, column) = match state {
            State::Scheduled | State::Ready | State::Running => ("queue.job", "state"),
            State::Dead => ("queue.job_dead", "4"),
            State::Done => ("queue.job_done", "10"),
            State::Discarded | State::Cancelled => ("queue.job_void", "10 + outcome"),
        };
        if places.iter().any(|place| place.table == table) {
            continue;
        }
        let of_group = if table == "queue.job_dead" { "or fingerprint = $8" } else { "" };
        let condition = format!(
            "($1::bigint[] is null or id = any($1)) and {column} = any($2::smallint[]) \
             and ($3::text is null or kind = $3) and ($4::text is null or queue = $4) \
             and ($5::uuid is null or tenant = $5) and ($6::timestamptz is null or enqueued_at >= $6) \
             and ($7::text is null or strpos(lower(errors::text), lower($7)) > 0) \
             and ($8::text is null {of_group}) and id < $9"
        );
        places.push(Place { table, condition });
    }
    places
}

/// The values of `Place::condition`.
trait Binds: Sized {
    fn with<T>(self, value: T) -> Self
    where
        T: for<'q> sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres> + 'static;
}

macro_rules! binds {
    ($query:ident) => {
        impl<O> Binds for sqlx::query::$query<'static, Postgres, O, PgArguments> {
            fn with<T>(self, value: T) -> Self
            where
                T: for<'q> sqlx::Encode<'q, Postgres> + sqlx::Type<Postgres> + 'static,
            {
                self.bind(value)
            }
        }
    };
}
binds!(QueryAs);
binds!(QueryScalar);

fn bind_target<Q: Binds>(query: Q, target: &Target, below: i64) -> Q {
    let all = Filter::default();
    let (ids, filter) = match target {
        Target::Ids(ids) => (Some(ids.clone()), &all),
        Target::Matching(filter) => (None, filter),
    };
    let states = if filter.states.is_empty() { &State::ALL[..] } else { &filter.states };
    let codes: Vec<i16> = states.iter().map(|state| state.code()).collect();
    let query = query.with(ids).with(codes).with(filter.kind.clone()).with(filter.queue.clone());
    query
        .with(filter.tenant)
        .with(filter.since)
        .with(filter.text.clone())
        .with(filter.fingerprint.clone())
        .with(below)
}

/// One portion. `$10` how many, `$11` who, `$12` the priority or what makes housekeeping. Answers the ids
/// that were meant, the largest first, and how many were changed.
fn statement(action: Action, Place { table, condition }: &Place) -> String {
    let lock = if *table == "queue.job" { "for update" } else { "for update skip locked" };
    let chosen = format!(
        "x as materialized (select id from {table} where {condition} order by id desc limit $10 {lock})"
    );
    let count = "array(select id from x order by id desc), (select count(*) from c)";
    // Every parameter is used once, so that its type is known.
    let typed = "where $11::text is not null and $12::smallint is not null";
    let change = match action {
        Action::Cancel => "c as (update queue.job j set \
            cancel_requested_at = coalesce(j.cancel_requested_at, now()), cancel_by = coalesce(j.cancel_by, $11) \
            from x where j.id = x.id returning 1)"
            .to_owned(),
        Action::RunNow => "c as (update queue.job j set state = 1, run_at = now() from x \
            where j.id = x.id and j.state = 0 returning 1)"
            .to_owned(),
        Action::Prioritise(_) => {
            "c as (update queue.job j set priority = $12 from x where j.id = x.id and j.state < 2 returning 1)".to_owned()
        }
        Action::Discard => format!(
            "d as (delete from queue.job_dead j using x where j.id = x.id returning j.*), \
             c as (insert into queue.job_void ({whole}, outcome, errors) select {whole}, 2, errors from d returning 1)",
            whole = sql::whole!()
        ),
        // First written, then deleted: one whose unique twin is there already stays where it is.
        Action::Retry => format!(
            "i as (insert into queue.job (lane, id, enqueued_at, deadline, clock_shift_ms, timeout_ms, tenant, priority, \
                 max_attempts, queue, kind, unique_key, payload, origin, trace, errors) \
               select queue.lane(j.kind, j.tenant), j.id, j.enqueued_at, null, j.clock_shift_ms, j.timeout_ms, j.tenant, \
                 case when j.priority < 0 then j.priority + {HOUSEKEEPING} else j.priority end, \
                 j.max_attempts, j.queue, j.kind, j.unique_key, j.payload, j.origin, j.trace, j.errors \
               from {table} j join x on x.id = j.id on conflict do nothing returning id), \
             c as (delete from {table} j using i where j.id = i.id returning 1)"
        ),
    };
    format!("with {chosen}, {change} select {count} {typed}")
}
