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
    /// The keeper has it on its way to the database.
    being_written: bool,
}

impl Progress {
    pub(crate) fn new() -> Progress {
        Progress { inner: Mutex::default(), started: Instant::now() }
    }

    pub(crate) fn set(&self, done: u64, total: Option<u64>, message: &str) {
        let mut inner = lock(&self.inner);
        let message = short(message);
        (inner.done, inner.total, inner.message, inner.changed) = (done, total, message, true);
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

    /// The state as JSON text, when it changed since the last call. It is on its way until [`Progress::was_written`].
    pub(crate) fn take_change(&self) -> Option<String> {
        let mut inner = lock(&self.inner);
        if !std::mem::take(&mut inner.changed) {
            return None;
        }
        inner.being_written = true;
        Some(inner.text())
    }

    /// The last state of a run that has ended, unless it is written. What is only on its way goes with the end once
    /// more: the row may have moved when it gets there.
    pub(crate) fn take_last(&self) -> Option<String> {
        let inner = lock(&self.inner);
        (inner.changed || inner.being_written).then(|| inner.text())
    }

    /// The last write has ended; one that failed is given out again.
    pub(crate) fn was_written(&self, is_written: bool) {
        let mut inner = lock(&self.inner);
        inner.being_written = false;
        inner.changed |= !is_written;
    }
}

impl Inner {
    fn text(&self) -> String {
        let log: Vec<_> = self.log.iter().map(|(ms, text)| json!({"ms": ms, "text": text})).collect();
        json!({"done": self.done, "total": self.total, "message": self.message, "log": log}).to_string()
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

    #[test]
    fn what_is_on_its_way_when_a_run_ends_goes_with_the_end() {
        let progress = Progress::new();
        assert_eq!(progress.take_last(), None, "nothing was told");
        progress.log("one");
        let on_its_way = progress.take_change();
        assert_eq!(progress.take_last(), on_its_way);
        progress.was_written(true);
        assert_eq!(progress.take_last(), None, "it is there");
        progress.log("two");
        progress.take_change();
        progress.was_written(false);
        assert!(progress.take_change().is_some_and(|text| text.contains("two")), "given out again");
    }
}
