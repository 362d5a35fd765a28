//! What a line is: its command, whether it changes something, and its event in the audit log.

use clap::{ArgMatches, parser::ValueSource};
use domain::{
    audit::{self, Event},
    permission::Operator,
};
use platform::app::App;
use serde_json::Map;

/// Commands that only look. Everything else is taken to change something.
const READS: &[&str] = &[
    "audit list",
    "config",
    "doctor",
    "explain job",
    "explain object",
    "file history",
    "file report",
    "file show",
    "jobs actions",
    "jobs list",
    "jobs schedule list",
    "jobs show",
    "jobs stats",
    "mail last-token",
    "mail list",
    "mail show",
    "profile search",
    "quota list",
    "sql",
    "storage list",
    "storage report",
    "storage why",
    "team list",
    "team members",
    "telemetry show",
];

/// Commands that change something only with one of these.
const READS_UNLESS: &[(&str, &[&str])] = &[
    ("file check", &["all"]),
    ("jobs limits", &["concurrency", "rate", "none"]),
    ("log-level", &["filter"]),
    ("profile sessions", &["end", "end_all"]),
];

/// Characters of a line and of an error in an event.
const TEXT_CHARS_MAX: usize = 1_000;
/// A word of so many letters, digits, `-`, `_` and `.` that is no id may be a key.
const KEY_CHARS_MIN: usize = 32;

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Invocation {
    /// The words of the command, such as `jobs retry`.
    pub(crate) command: String,
    /// It changes something.
    pub(crate) changes: bool,
    line: String,
}

impl Invocation {
    /// What the words say, which the command line has understood as `matches`.
    pub(crate) fn of(words: &[String], matches: &ArgMatches) -> Invocation {
        let (mut path, mut last) = (vec![], matches);
        while let Some((name, below)) = last.subcommand() {
            path.push(name);
            last = below;
        }
        let command = path.join(" ");
        let given = |id: &&str| {
            last.ids().any(|known| known == *id) && last.value_source(id) == Some(ValueSource::CommandLine)
        };
        let unless = READS_UNLESS.iter().find(|(name, _)| *name == command);
        let reads = READS.contains(&command.as_str())
            || unless.is_some_and(|(_, ids)| !ids.iter().any(given))
            || given(&"dry_run");
        Invocation { command, changes: !reads, line: redacted(words) }
    }

    /// A line that is no command: a question for help, or nonsense.
    pub(crate) fn nothing(words: &[String]) -> Invocation {
        Invocation { command: "line".to_owned(), changes: false, line: redacted(words) }
    }

    /// The line as it may be kept.
    pub(crate) fn line(&self) -> &str {
        &self.line
    }

    /// Leaves its event: `cli-jobs-retry` or `shell-jobs-retry`, with the line and how it went.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn record(
        &self,
        app: &App,
        operator: &Operator,
        outcome: Result<&str, String>,
    ) -> domain::Result<()> {
        let now = app.now();
        let mut props = Map::new();
        props.insert("line".to_owned(), self.line.clone().into());
        match outcome {
            Ok(outcome) => drop(props.insert("outcome".to_owned(), outcome.into())),
            Err(error) => {
                props.insert("outcome".to_owned(), "failed".into());
                props.insert("error".to_owned(), short(&error).into());
            }
        }
        let name = format!("{}-{}", operator.entrance(), self.command.replace(' ', "-"));
        let event = Event::of_operator(operator, name, props, now);
        audit::record(&app.db, vec![event], now).await
    }
}

/// The line as it may be kept: without values that are secret, or look like keys.
pub(crate) fn redacted(words: &[String]) -> String {
    let mut hide = false;
    let kept = words.iter().map(|word| {
        let (name, value) = word.split_once('=').map_or((word.as_str(), None), |(name, v)| (name, Some(v)));
        let is_secret = name.starts_with("--")
            && ["password", "token", "secret", "key"].iter().any(|end| name.ends_with(end));
        let hidden = std::mem::replace(&mut hide, is_secret && value.is_none());
        match (hidden, is_secret && value.is_some()) {
            (true, _) => "…".to_owned(),
            (_, true) => format!("{name}=…"),
            _ if looks_like_a_key(word) => "…".to_owned(),
            _ => word.clone(),
        }
    });
    short(&kept.collect::<Vec<_>>().join(" "))
}

fn looks_like_a_key(word: &str) -> bool {
    word.len() >= KEY_CHARS_MIN
        && word.parse::<uuid::Uuid>().is_err()
        && !word.starts_with("--")
        && word.bytes().any(|b| b.is_ascii_digit())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

fn short(text: &str) -> String {
    text.chars().take(TEXT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_kept() {
        let line = |text: &str| redacted(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(line("x --password hush --to a@b.c"), "x --password … --to a@b.c");
        assert_eq!(line("x --secret=hush 7"), "x --secret=… 7");
        assert_eq!(line(&format!("x {}", "a1".repeat(20))), "x …");
        let id = "018f3a52-9c1e-7000-8000-000000000001";
        assert_eq!(line(&format!("storage why {id}")), format!("storage why {id}"));
    }
}
