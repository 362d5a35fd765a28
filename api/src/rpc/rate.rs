//! How often methods may be called. Each method names its rates; `ATELIER_RPC_LIMITS` replaces those of the names it
//! gives.
//!
//! A call is counted against `default`, which all methods share, and against the rates of its method, for its profile,
//! or for its address when nobody is signed in. It is counted before its params are read: a wrong call is a call.

use super::{
    caller::Caller,
    error::{Error, Fault, Result, RetryAfter},
    method::Entry,
};
use crate::http::address;
use chrono::{DateTime, Utc};
use domain::profile::attempts::whole_seconds;
use platform::{
    app::App,
    config::Rate,
    counters::{Charge, Level},
    metrics::names,
};
use std::net::IpAddr;

/// The name of what every call is counted against.
pub const DEFAULT: &str = "default";

/// What every call is counted against, whatever its method.
pub const EVERY_CALL: &[Rate] = &[Rate::per_hour(200_000)];

/// Counts a call.
///
/// # Errors
/// `request-blocked` when it is one too many, with the wait.
pub async fn charge(
    app: &App,
    method: &'static Entry,
    caller: &Caller,
    from: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<()> {
    let flags = &app.config.flags;
    if !flags.has("rpc-rlimit") {
        return Ok(());
    }
    let who = match (caller.profile, from) {
        (Some(profile), _) => profile.to_string(),
        (None, Some(from)) => address::client_key(from),
        // Not over a network.
        (None, None) => return Ok(()),
    };
    let named: Vec<(&'static str, Rate)> = [(DEFAULT, EVERY_CALL), (method.name, method.rates)]
        .into_iter()
        .flat_map(|(name, built_in)| {
            let rates = app.config.rates.of(name).unwrap_or(built_in);
            rates.iter().map(move |rate| (name, *rate))
        })
        .collect();
    let charges: Vec<Charge> = named
        .iter()
        .map(|(name, rate)| Charge { key: format!("{name}.{}.{who}", span_name(*rate)), rate: *rate })
        .collect();
    let levels = app.counters.charge(now, &charges).await;
    if levels.iter().all(|level| level.allowed) {
        return Ok(());
    }
    metrics::counter!(names::RATE_LIMITED, "name" => method.name).increment(1);
    let soft = flags.has("soft-rpc-rlimit");
    tracing::info!(method = method.name, soft, "called too often");
    if soft { Ok(()) } else { Err(refusal(&named, &levels, now)) }
}

/// Warns of settings for names that no method has.
pub fn warn_of_unknown<'a>(app: &App, methods: impl Iterator<Item = &'a str>) {
    let known: std::collections::HashSet<&str> = methods.chain([DEFAULT]).collect();
    for name in app.config.rates.names().filter(|name| !known.contains(name)) {
        tracing::warn!(name, "ATELIER_RPC_LIMITS names a method that does not exist");
    }
}

/// Tells rates of one name apart.
fn span_name(rate: Rate) -> String {
    rate.to_string().replace('/', "-")
}

/// The refusal: waits for the last of the rates that are used up, and tells of each name where it stands.
fn refusal(named: &[(&'static str, Rate)], levels: &[Level], now: DateTime<Utc>) -> Error {
    let blocking = levels.iter().filter(|level| !level.allowed).map(|level| level.more_in);
    let wait = blocking.max().unwrap_or_default();
    let (mut remaining, mut reset) = (Vec::new(), Vec::new());
    for name in [DEFAULT, named.last().map_or(DEFAULT, |(name, _)| name)] {
        let of_name = named.iter().zip(levels).filter(|((known, _), _)| *known == name);
        let Some((_, tightest)) = of_name.min_by_key(|(_, level)| (level.remaining, level.more_in)) else {
            continue;
        };
        let at = now.timestamp() + i64::try_from(whole_seconds(tightest.more_in)).unwrap_or(0);
        remaining.push(format!("{name}={}", tightest.remaining));
        reset.push(format!("{name}={at}"));
    }
    remaining.dedup();
    reset.dedup();
    Error::new(Fault::TooOften, "request-blocked").hint("called too often").retry_after(RetryAfter {
        seconds: whole_seconds(wait),
        remaining: remaining.join("&"),
        reset: reset.join("&"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_refusal_tells_the_tightest_rate_of_each_name() {
        let rate = Rate::per_minute(1);
        let level = |allowed, remaining, seconds: u64| Level {
            allowed,
            remaining,
            more_in: Duration::from_millis(seconds * 1000 - 1),
        };
        let named = [(DEFAULT, rate), ("x", rate), ("x", rate)];
        let levels = [level(true, 9, 100), level(false, 0, 5), level(false, 0, 50)];
        let error = refusal(&named, &levels, DateTime::UNIX_EPOCH);
        let waiting = error.wait().expect("a wait");
        assert_eq!(waiting.seconds, 50);
        assert_eq!(waiting.remaining, "default=9&x=0");
        assert_eq!(waiting.reset, "default=100&x=5");
    }
}
