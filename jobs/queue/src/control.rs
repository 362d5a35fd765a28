//! Switches and limits of queues and kinds: rows that every worker reads, so that they hold for all processes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgConnection, PgPool, Row, postgres::PgRow};

use crate::sql;

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
    /// As its row has it: what it is, and its name.
    pub(crate) fn parts(&self) -> (&'static str, &str) {
        match self {
            Scope::Queue(name) => ("queue", name),
            Scope::Kind(name) => ("kind", name),
        }
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
    /// Starts, 1 to [`crate::admin::LIMIT_MAX`].
    pub max: u32,
    /// In this many milliseconds, up to [`crate::admin::WINDOW_MAX`].
    pub window_ms: u32,
}

/// Limits of one queue or kind; `None`: without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Limits {
    /// Jobs that run at once in all processes, 1 to [`crate::admin::LIMIT_MAX`].
    pub concurrency: Option<u32>,
    /// Starts in a window, in all processes.
    pub rate: Option<Rate>,
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
    sqlx::query(sql::CONTROLS).fetch_all(conn).await?.iter().map(control).collect()
}

fn control(row: &PgRow) -> sqlx::Result<Control> {
    let number = |column: &str| -> sqlx::Result<Option<u32>> {
        Ok(row.try_get::<Option<i32>, _>(column)?.map(i32::unsigned_abs))
    };
    let name: String = row.try_get("name")?;
    let scope: &str = row.try_get("scope")?;
    let rate = number("rate_max")?.zip(number("rate_window_ms")?);
    Ok(Control {
        scope: if scope == "queue" { Scope::Queue(name) } else { Scope::Kind(name) },
        paused_at: row.try_get("paused_at")?,
        paused_by: row.try_get("paused_by")?,
        limits: Limits {
            concurrency: number("concurrency_max")?,
            rate: rate.map(|(max, window_ms)| Rate { max, window_ms }),
        },
    })
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
