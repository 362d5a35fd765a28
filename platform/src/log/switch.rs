//! The filter of the log while the process runs: what it is, another one for a while, and back.

use std::sync::{Mutex, OnceLock, PoisonError};

use tracing_subscriber::EnvFilter;

type Switch = Box<dyn Fn(EnvFilter) -> Result<(), String> + Send + Sync>;

struct Log {
    switch: Switch,
    usual: String,
    /// How often it was changed, and the filter that holds instead of the usual one.
    changed: Mutex<(u64, Option<String>)>,
}

static LOG: OnceLock<Log> = OnceLock::new();

/// One change of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change(u64);

/// Why the filter was not changed.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// It should be a level such as `info`, or parts such as `info,sqlx=debug`.
    #[error("the filter should be a level such as info, or parts such as info,sqlx=debug: {0}")]
    Filter(String),
    /// This process does not log.
    #[error("this process does not log")]
    Off,
}

/// What is logged now; none when this process does not log.
pub fn current() -> Option<String> {
    let log = LOG.get()?;
    let changed = log.changed.lock().unwrap_or_else(PoisonError::into_inner);
    Some(changed.1.clone().unwrap_or_else(|| log.usual.clone()))
}

/// Logs by another filter from now on, until [`take_back`].
///
/// # Errors
/// No filter, or no log.
pub fn change(filter: &str) -> Result<Change, LogError> {
    let log = LOG.get().ok_or(LogError::Off)?;
    let parsed = EnvFilter::try_new(filter).map_err(|error| LogError::Filter(error.to_string()))?;
    let mut changed = log.changed.lock().unwrap_or_else(PoisonError::into_inner);
    (log.switch)(parsed).map_err(LogError::Filter)?;
    *changed = (changed.0 + 1, Some(filter.to_owned()));
    Ok(Change(changed.0))
}

/// Logs by the usual filter again, unless another change came after this one.
pub fn take_back(change: Change) {
    let Some(log) = LOG.get() else { return };
    let mut changed = log.changed.lock().unwrap_or_else(PoisonError::into_inner);
    if changed.0 == change.0 {
        let usual = EnvFilter::try_new(&log.usual).unwrap_or_else(|_| EnvFilter::new("info"));
        if (log.switch)(usual).is_ok() {
            changed.1 = None;
        }
    }
}

/// From now on the filter can be changed. The log is the process's, so this is as well.
pub(super) fn keep(usual: &str, switch: impl Fn(EnvFilter) -> Result<(), String> + Send + Sync + 'static) {
    let log = Log { switch: Box::new(switch), usual: usual.to_owned(), changed: Mutex::new((0, None)) };
    drop(LOG.set(log));
}
