//! What people do to queues and kinds: pause, resume, limit.

use std::time::Duration;

use serde_json::{Value, json};
use sqlx::{PgPool, Postgres, postgres::PgArguments, query::Query};

use super::record::{AdminError, record};
use crate::{
    begin::begin,
    channel::{Message, notify},
    control::{Limits, Scope},
    enqueue::NAME_BYTES_MAX,
    sql,
};

/// Most jobs at once, and most starts in one window, that a limit may name.
pub const LIMIT_MAX: u32 = 1_000_000;
/// Longest window of a rate.
pub const WINDOW_MAX: Duration = Duration::from_secs(24 * 3_600);

/// Nothing of `scope` starts any more, in any process, within 2 s. What runs goes on. Answers whether it was not paused
/// before.
///
/// # Errors
/// A name that cannot be, or the database refuses.
pub async fn pause(pool: &PgPool, scope: &Scope, who: &str) -> Result<bool, AdminError> {
    let query = on(sql::CONTROL_PAUSE, scope)?.bind(who);
    change(pool, scope, who, ("pause", json!(scope)), query).await
}

/// Jobs of `scope` start again. Answers whether it was paused.
///
/// # Errors
/// A name that cannot be, or the database refuses.
pub async fn resume(pool: &PgPool, scope: &Scope, who: &str) -> Result<bool, AdminError> {
    let query = on(sql::CONTROL_RESUME, scope)?;
    change(pool, scope, who, ("resume", json!(scope)), query).await
}

/// Sets the limits of `scope` in place of those it had, within 2 s in all processes; empty ones take them away. What
/// runs goes on. Answers whether that was a change.
///
/// # Errors
/// A limit of 0 or beyond its maximum, a name that cannot be, or the database refuses.
pub async fn limit(pool: &PgPool, scope: &Scope, limits: Limits, who: &str) -> Result<bool, AdminError> {
    check(limits)?;
    let query = if limits == Limits::default() {
        on(sql::CONTROL_UNLIMIT, scope)?
    } else {
        with_limits(on(sql::CONTROL_LIMIT, scope)?, limits)
    };
    change(pool, scope, who, ("limit", target(scope, limits)), query).await
}

/// Sets those limits of `scope` that are named, in one statement, and leaves the other as it is. Otherwise as
/// [`limit`].
///
/// # Errors
/// As [`limit`].
pub async fn adjust(pool: &PgPool, scope: &Scope, limits: Limits, who: &str) -> Result<bool, AdminError> {
    check(limits)?;
    let query = with_limits(on(sql::CONTROL_ADJUST, scope)?, limits);
    change(pool, scope, who, ("limit", target(scope, limits)), query).await
}

fn target(scope: &Scope, limits: Limits) -> Value {
    let (kind, name) = scope.parts();
    json!({"scope": kind, "name": name, "limits": limits})
}

type Statement<'q> = Query<'q, Postgres, PgArguments>;

/// A statement about `scope`, whose first two parameters say so.
fn on<'q>(sql: &'static str, scope: &'q Scope) -> Result<Statement<'q>, AdminError> {
    let (kind, name) = scope.parts();
    if !(1..=NAME_BYTES_MAX).contains(&name.len()) || name.contains('\0') {
        let text = format!("the name of a {kind} has 1 to {NAME_BYTES_MAX} bytes");
        return Err(AdminError::Refused(text));
    }
    Ok(sqlx::query(sql).bind(kind).bind(name))
}

fn with_limits(query: Statement<'_>, limits: Limits) -> Statement<'_> {
    let number = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let query = query.bind(limits.concurrency.map(number));
    query.bind(limits.rate.map(|r| number(r.max))).bind(limits.rate.map(|r| number(r.window_ms)))
}

fn check(limits: Limits) -> Result<(), AdminError> {
    let refuse = |text: String| Err(AdminError::Refused(text));
    let ok = 1..=LIMIT_MAX;
    if limits.concurrency.is_some_and(|n| !ok.contains(&n)) {
        return refuse(format!("a concurrency limit is 1 to {LIMIT_MAX}; to stop everything, pause"));
    }
    if limits.rate.is_some_and(|rate| !ok.contains(&rate.max)) {
        return refuse(format!("a rate limit is 1 to {LIMIT_MAX} starts; to stop everything, pause"));
    }
    let windows = 1..=WINDOW_MAX.as_millis();
    if limits.rate.is_some_and(|rate| !windows.contains(&u128::from(rate.window_ms))) {
        return refuse(format!("the window of a rate is 1 ms to {WINDOW_MAX:?}"));
    }
    Ok(())
}

/// One change with its record; workers hear of it at its commit.
async fn change(
    pool: &PgPool,
    scope: &Scope,
    who: &str,
    (action, target): (&str, Value),
    query: Statement<'_>,
) -> Result<bool, AdminError> {
    let mut tx = begin(pool).await?;
    let changed = query.execute(&mut *tx).await?.rows_affected();
    on(sql::CONTROL_FORGET_IDLE, scope)?.execute(&mut *tx).await?;
    record(&mut tx, who, action, &target, changed).await?;
    notify(&mut *tx, Message::Control).await?;
    tx.commit().await?;
    Ok(changed > 0)
}
