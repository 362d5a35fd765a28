//! What a running job tells about itself: kept in memory, written at most once a second, bounded.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use serde_json::json;

use crate::outcome::clean;

/// Lines kept of one run; older ones go first.
const LINES_MAX: usize = 50;
/// Longest line or message, in characters.
const LINE_CHARS_MAX: usize = 300;

/// The newest state, and whether it has been written.
#[derive(Debug)]
pub(crate) struct Progress {
    inner: Mutex<Inner>,
    started: Instant,
}

#[derive(Debug, Default)]
struct Inner {
    done: u64,
    total: Option<u64>,
    message: String,
    log: VecDeque<(u64, String)>,
    changed: bool,
}

impl Progress {
    pub(crate) fn new() -> Progress {
        Progress { inner: Mutex::default(), started: Instant::now() }
    }

    pub(crate) fn set(&self, done: u64, total: Option<u64>, message: &str) {
        let mut inner = lock(&self.inner);
        let message = short(message);
        *inner = Inner { done, total, message, log: std::mem::take(&mut inner.log), changed: true };
    }

    pub(crate) fn log(&self, text: &str) {
        let at_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut inner = lock(&self.inner);
        if inner.log.len() == LINES_MAX {
            inner.log.pop_front();
        }
        inner.log.push_back((at_ms, short(text)));
        inner.changed = true;
    }

    /// The state as JSON text, when it changed since the last call.
    pub(crate) fn take_change(&self) -> Option<String> {
        let mut inner = lock(&self.inner);
        if !std::mem::take(&mut inner.changed) {
            return None;
        }
        let log: Vec<_> = inner.log.iter().map(|(ms, text)| json!({"ms": ms, "text": text})).collect();
        let value = json!({"done": inner.done, "total": inner.total, "message": inner.message, "log": log});
        Some(value.to_string())
    }

    /// The last write failed: give it out again.
    pub(crate) fn not_written(&self) {
        lock(&self.inner).changed = true;
    }
}

fn short(text: &str) -> String {
    clean(text).chars().take(LINE_CHARS_MAX).collect()
}

/// A lock whose data stays good when a holder panicked: every holder here writes whole values.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_given_out_once_and_bounded() {
        let progress = Progress::new();
        assert_eq!(progress.take_change(), None);
        progress.set(3, Some(9), "three\0");
        for n in 0..60 {
            progress.log(&format!("line {n}"));
        }
        let text = progress.take_change().expect("changed");
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((value["done"].as_u64(), value["message"].as_str()), (Some(3), Some("three")));
        assert_eq!(value["log"].as_array().map(Vec::len), Some(LINES_MAX));
        assert_eq!(progress.take_change(), None);
    }
}
