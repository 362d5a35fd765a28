//! Switches and limits of queues and kinds: rows that every worker reads, so that they hold for all processes.

use std::{collections::BTreeMap, time::Duration};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::{PgConnection, PgPool, Row};

use crate::{
    action::{self, SteerError},
    enqueue::NAME_BYTES_MAX,
};

/// Most jobs at once, and most starts in one window, that a limit may name.
pub const LIMIT_MAX: u32 = 1_000_000;
/// Longest window of a rate.
pub const WINDOW_MAX: Duration = Duration::from_secs(24 * 3_600);

/// What a switch or a limit is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "scope", content = "name", rename_all = "kebab-case")]
pub enum Scope {
    /// All jobs of a queue.
    Queue(String),
    /// All jobs of a kind, in whatever queue.
    Kind(String),
}

impl Scope {
    fn parts(&self) -> (&'static str, &str) {
        match self {
            Scope::Queue(name) => ("queue", name),
            Scope::Kind(name) => ("kind", name),
        }
    }

    fn check(&self) -> Result<(), SteerError> {
        let (scope, name) = self.parts();
        let ok = (1..=NAME_BYTES_MAX).contains(&name.len()) && !name.contains('\0');
        ok.then_some(()).ok_or_else(|| {
            SteerError::Refused(format!("the name of a {scope} has 1 to {NAME_BYTES_MAX} bytes"))
        })
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (scope, name) = self.parts();
        write!(f, "{scope} {name}")
    }
}

/// At most so many starts in so much time. As a bucket: unused starts are saved up to one window's worth, so that up to
/// twice as many may start in one window after a quiet one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// Starts, 1 to [`LIMIT_MAX`].
    pub max: u32,
    /// In this many milliseconds, up to [`WINDOW_MAX`].
    pub window_ms: u32,
}

/// Limits of one queue or kind; `None`: without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Limits {
    /// Jobs that run at once in all processes, 1 to [`LIMIT_MAX`].
    pub concurrency: Option<u32>,
    /// Starts in a window, in all processes.
    pub rate: Option<Rate>,
}

impl Limits {
    fn check(&self) -> Result<(), SteerError> {
        let refuse = |text: String| Err(SteerError::Refused(text));
        let ok = 1..=LIMIT_MAX;
        if self.concurrency.is_some_and(|n| !ok.contains(&n)) {
            return refuse(format!("a concurrency limit is 1 to {LIMIT_MAX}; to stop everything, pause"));
        }
        if self.rate.is_some_and(|rate| !ok.contains(&rate.max)) {
            return refuse(format!("a rate limit is 1 to {LIMIT_MAX} starts; to stop everything, pause"));
        }
        let windows = 1..=WINDOW_MAX.as_millis();
        if self.rate.is_some_and(|rate| !windows.contains(&u128::from(rate.window_ms))) {
            return refuse(format!("the window of a rate is 1 ms to {WINDOW_MAX:?}"));
        }
        Ok(())
    }
}

/// What is in force for one queue or kind.
#[derive(Debug, Clone, Serialize)]
pub struct Control {
    /// For what.
    #[serde(flatten)]
    pub scope: Scope,
    /// Since when nothing starts.
    pub paused_at: Option<DateTime<Utc>>,
    /// Who paused it.
    pub paused_by: Option<String>,
    /// Its limits.
    pub limits: Limits,
}

/// Everything that is in force, by scope and name.
///
/// # Errors
/// When the database refuses.
pub async fn controls(pool: &PgPool) -> sqlx::Result<Vec<Control>> {
    read(&mut *pool.acquire().await?).await
}

async fn read(conn: &mut PgConnection) -> sqlx::Result<Vec<Control>> {
    let sql = "select scope, name, paused_at, paused_by, concurrency_max, rate_max, rate_window_ms \
        from queue.control order by scope desc, name";
    let rows = sqlx::query(sql).fetch_all(conn).await?;
    let number = |row: &sqlx::postgres::PgRow, column: &str| -> sqlx::Result<Option<u32>> {
        Ok(row.try_get::<Option<i32>, _>(column)?.map(i32::unsigned_abs))
    };
    let mut found = vec![];
    for row in &rows {
        let name: String = row.try_get("name")?;
        let scope: &str = row.try_get("scope")?;
        let rate = number(row, "rate_max")?.zip(number(row, "rate_window_ms")?);
        found.push(Control {
            scope: if scope == "queue" { Scope::Queue(name) } else { Scope::Kind(name) },
            paused_at: row.try_get("paused_at")?,
            paused_by: row.try_get("paused_by")?,
            limits: Limits {
                concurrency: number(row, "concurrency_max")?,
                rate: rate.map(|(max, window_ms)| Rate { max, window_ms }),
            },
        });
    }
    Ok(found)
}

/// Nothing of `scope` starts any more, in any process, within 2 s. What runs goes on. Answers whether it was not paused
/// before.
///
/// # Errors
/// A name that cannot be, or the database refuses.
pub async fn pause(pool: &PgPool, scope: &Scope, who: &str) -> Result<bool, SteerError> {
    let sql = "insert into queue.control as c (scope, name, paused_at, paused_by) values ($1, $2, now(), $3) \
        on conflict (scope, name) do update set paused_at = now(), paused_by = $3 where c.paused_at is null";
    change(pool, scope, who, ("pause", json!(scope)), sql, |query| query.bind(who.to_owned())).await
}

/// Jobs of `scope` start again. Answers whether it was paused.
///
/// # Errors
/// A name that cannot be, or the database refuses.
pub async fn resume(pool: &PgPool, scope: &Scope, who: &str) -> Result<bool, SteerError> {
    let sql = "update queue.control set paused_at = null, paused_by = null \
        where scope = $1 and name = $2 and paused_at is not null";
    change(pool, scope, who, ("resume", json!(scope)), sql, |query| query).await
}

/// Sets the limits of `scope` in place of those it had, within 2 s in all processes; empty ones take them away. What
/// runs goes on. Answers whether that was a change.
///
/// # Errors
/// A limit of 0 or beyond its maximum, a name that cannot be, or the database refuses.
pub async fn limit(pool: &PgPool, scope: &Scope, limits: Limits, who: &str) -> Result<bool, SteerError> {
    let sql = "insert into queue.control as c (scope, name, concurrency_max, rate_max, rate_window_ms) \
        values ($1, $2, $3, $4, $5) on conflict (scope, name) do update set concurrency_max = $3, rate_max = $4, \
          rate_window_ms = $5, tokens = 0, refilled_at = now() \
        where (c.concurrency_max, c.rate_max, c.rate_window_ms) is distinct from ($3, $4, $5)";
    // Taking limits away makes no row.
    let none = "update queue.control set concurrency_max = $3, rate_max = $4, rate_window_ms = $5 \
        where scope = $1 and name = $2 and (concurrency_max is not null or rate_max is not null)";
    let sql = if limits == Limits::default() { none } else { sql };
    set(pool, scope, limits, who, sql).await
}

/// Sets those limits of `scope` that are named, in one statement, and leaves the other as it is. Otherwise as [`limit`].
///
/// # Errors
/// As [`limit`].
pub async fn adjust(pool: &PgPool, scope: &Scope, limits: Limits, who: &str) -> Result<bool, SteerError> {
    let sql = "insert into queue.control as c (scope, name, concurrency_max, rate_max, rate_window_ms) \
        values ($1, $2, $3, $4, $5) on conflict (scope, name) do update set \
          concurrency_max = coalesce($3, c.concurrency_max), rate_max = coalesce($4, c.rate_max), \
          rate_window_ms = coalesce($5, c.rate_window_ms), tokens = 0, refilled_at = now() \
        where (c.concurrency_max, c.rate_max, c.rate_window_ms) is distinct from \
          (coalesce($3, c.concurrency_max), coalesce($4, c.rate_max), coalesce($5, c.rate_window_ms))";
    set(pool, scope, limits, who, sql).await
}

/// `$3` concurrency, `$4` and `$5` the rate.
async fn set(
    pool: &PgPool,
    scope: &Scope,
    limits: Limits,
    who: &str,
    sql: &'static str,
) -> Result<bool, SteerError> {
    limits.check()?;
    let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let (kind, name) = scope.parts();
    let target = json!({"scope": kind, "name": name, "limits": limits});
    change(pool, scope, who, ("limit", target), sql, |query| {
        let query = query.bind(limits.concurrency.map(number));
        query.bind(limits.rate.map(|r| number(r.max))).bind(limits.rate.map(|r| number(r.window_ms)))
    })
    .await
}

type Query<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// One change with its record; workers are told at its commit.
async fn change(
    pool: &PgPool,
    scope: &Scope,
    who: &str,
    (action, target): (&str, Value),
    sql: &'static str,
    bind: impl FnOnce(Query<'static>) -> Query<'static>,
) -> Result<bool, SteerError> {
    scope.check()?;
    let (kind, name) = scope.parts();
    let mut tx = pool.begin().await?;
    let query = bind(sqlx::query(sql).bind(kind).bind(name.to_owned()));
    let changed = query.execute(&mut *tx).await?.rows_affected();
    let idle = "delete from queue.control where scope = $1 and name = $2 and paused_at is null \
        and concurrency_max is null and rate_max is null";
    sqlx::query(idle).bind(kind).bind(name).execute(&mut *tx).await?;
    action::record(&mut tx, who, action, &target, changed).await?;
    action::tell(&mut tx, action::CONTROL).await?;
    tx.commit().await?;
    Ok(changed > 0)
}

/// What a claimer has to know, as of the last second.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Controls {
    queues: BTreeMap<String, Gate>,
    kinds: BTreeMap<String, Gate>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Gate {
    paused: bool,
    limited: bool,
}

impl Controls {
    pub(crate) async fn load(conn: &mut PgConnection) -> sqlx::Result<Controls> {
        let mut controls = Controls::default();
        for control in read(conn).await? {
            let gate =
                Gate { paused: control.paused_at.is_some(), limited: control.limits != Limits::default() };
            match control.scope {
                Scope::Queue(name) => controls.queues.insert(name, gate),
                Scope::Kind(name) => controls.kinds.insert(name, gate),
            };
        }
        Ok(controls)
    }

    pub(crate) fn is_queue_paused(&self, queue: &str) -> bool {
        self.queues.get(queue).is_some_and(|gate| gate.paused)
    }

    pub(crate) fn is_kind_paused(&self, kind: &str) -> bool {
        self.kinds.get(kind).is_some_and(|gate| gate.paused)
    }

    /// Whether the start of such a job has to be counted.
    pub(crate) fn is_limited(&self, queue: &str, kind: &str) -> bool {
        let limited = |gate: Option<&Gate>| gate.is_some_and(|gate| gate.limited);
        limited(self.queues.get(queue)) || limited(self.kinds.get(kind))
    }

    /// Whether claims of this queue have to look at kinds: one of them may have a switch or a limit.
    pub(crate) fn concern(&self, queue: &str) -> bool {
        !self.kinds.is_empty() || self.queues.get(queue).is_some_and(|gate| gate.limited)
    }

    /// Something is paused here that is not in `before`.
    pub(crate) fn pauses_more_than(&self, before: &Controls) -> bool {
        let more = |now: &BTreeMap<String, Gate>, then: &BTreeMap<String, Gate>| {
            now.iter().any(|(name, gate)| gate.paused && !then.get(name).is_some_and(|old| old.paused))
        };
        more(&self.queues, &before.queues) || more(&self.kinds, &before.kinds)
    }
}
