//! What a handler says about a failed run, and what becomes of the row.

use std::{error::Error, time::Duration};

/// Longest error text that is kept, in characters.
const ERROR_CHARS_MAX: usize = 4_000;

/// Why a run did not end well, and whether trying again can help.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// May heal by itself: tried again later, until the attempts are used up.
    #[error("{0}")]
    Retry(Box<dyn Error + Send + Sync>),
    /// Will not heal by itself: it is a dead job at once.
    #[error("{0}")]
    Fail(Box<dyn Error + Send + Sync>),
    /// Not now: runs again after this time, and no attempt is used.
    #[error("not now: again in {0:?}")]
    Snooze(Duration),
}

impl JobError {
    /// The attempt failed, another may succeed. Takes an error or a text.
    pub fn retry(error: impl Into<Box<dyn Error + Send + Sync>>) -> JobError {
        JobError::Retry(error.into())
    }

    /// No attempt can succeed. Takes an error or a text.
    pub fn fail(error: impl Into<Box<dyn Error + Send + Sync>>) -> JobError {
        JobError::Fail(error.into())
    }

    /// Try again after `delay` without using an attempt. A job that always snoozes runs for ever: count.
    #[must_use]
    pub fn snooze(delay: Duration) -> JobError {
        JobError::Snooze(delay)
    }
}

/// What the acker writes.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    Done,
    Dead(String),
    /// Somebody asked for its end.
    Cancelled(String),
    Retry {
        delay: Duration,
        error: Option<String>,
        /// Gives the attempt back: snooze, or the job never started.
        refund: bool,
    },
}

impl Outcome {
    /// Never started: ready again at once, as if it had not been claimed.
    pub(crate) const RELEASE: Outcome = Outcome::Retry { delay: Duration::ZERO, error: None, refund: true };

    /// `who` asked for its end, and this is how it came.
    pub(crate) fn cancelled(who: &str, how: &str) -> Outcome {
        Outcome::Cancelled(clean(&format!("cancelled by {who}: {how}")))
    }

    /// What kind of failure it is; none for what ended well or was put off.
    pub(crate) fn error_type(&self) -> Option<&'static str> {
        match self {
            Outcome::Done | Outcome::Retry { error: None, .. } => None,
            Outcome::Retry { .. } => Some("attempt_failed"),
            Outcome::Dead(_) => Some("dead"),
            Outcome::Cancelled(_) => Some("cancelled"),
        }
    }

    /// Name in metrics.
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Dead(_) => "dead",
            Outcome::Cancelled(_) => "cancelled",
            Outcome::Retry { refund: true, .. } => "snoozed",
            Outcome::Retry { .. } => "retried",
        }
    }
}

/// The error with everything that caused it, in one line, as much of it as is kept.
pub(crate) fn error_text(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Many errors already print their cause.
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    clean(&text)
}

/// PostgreSQL refuses NUL in text and jsonb; an outcome that can never be written would block the acker.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(ERROR_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("mail server")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn text_holds_the_chain_without_nul() {
        let error = Outer(std::io::Error::other("gone\0"));
        assert_eq!(error_text(&error), "mail server: gone");
    }

    #[test]
    fn text_is_bounded() {
        assert_eq!(clean(&"é".repeat(9_000)).chars().count(), ERROR_CHARS_MAX);
    }
}
