//! The end where people type: history, and completion of what there is to say.

use std::{
    fs::OpenOptions,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use anyhow::Result;
use rustyline::{
    Completer, Config, Editor, Helper, Highlighter, Hinter, Validator, completion::Pair,
    error::ReadlineError, history::FileHistory,
};

use crate::invocation::redacted;

/// Lines that are remembered.
const HISTORY_MAX: usize = 1_000;

/// A link is not followed.
const NO_FOLLOW: i32 = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();

/// Values of options that are known beforehand: the option, and what it takes.
pub(crate) type Known = Vec<(&'static str, Vec<String>)>;

/// Asks for lines.
pub(crate) struct Prompt {
    editor: Editor<Words, FileHistory>,
    /// None: nothing is remembered.
    history: Option<PathBuf>,
    text: String,
}

/// What can be said.
#[derive(Helper, Highlighter, Hinter, Validator, Completer)]
struct Words {
    #[rustyline(Completer)]
    words: Completion,
}

struct Completion {
    grammar: clap::Command,
    known: Known,
}

impl Prompt {
    /// A prompt that starts with `text`; its history is a file that only its owner reads, or there is none.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub(crate) fn open(text: &str, history: &Path, grammar: clap::Command, known: Known) -> Result<Prompt> {
        let history = is_ours(history).then(|| history.to_owned());
        let config = Config::builder().max_history_size(HISTORY_MAX)?.auto_add_history(false).build();
        let mut editor = Editor::with_config(config)?;
        editor.set_helper(Some(Words { words: Completion { grammar, known } }));
        if let Some(history) = &history {
            drop(editor.load_history(history));
        }
        Ok(Prompt { editor, history, text: text.to_owned() })
    }

    /// The next line that is not empty; nothing at the end.
    ///
    /// # Errors
    /// The terminal fails.
    pub(crate) fn line(&mut self) -> Result<Option<String>> {
        loop {
            match self.editor.readline(&self.text) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => {
                    self.remember(&line)?;
                    return Ok(Some(line));
                }
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Whether it should be done.
    ///
    /// # Errors
    /// The terminal fails.
    pub(crate) fn confirm(&mut self) -> Result<bool> {
        match self.editor.readline("Do it? Type yes: ") {
            Ok(answer) => Ok(answer.trim() == "yes"),
            Err(ReadlineError::Interrupted | ReadlineError::Eof) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// A line with a secret is not remembered at all.
    fn remember(&mut self, line: &str) -> Result<()> {
        let words = shlex::split(line).unwrap_or_default();
        if !words.is_empty()
            && redacted(&words) == words.join(" ")
            && self.editor.add_history_entry(line)?
            && let Some(history) = &self.history
        {
            self.editor.save_history(history)?;
        }
        Ok(())
    }
}

/// Whether the file is, or now is made, one that nobody else could have put there: root writes no file in a directory
/// of somebody else, where its name could lead anywhere.
fn is_ours(history: &Path) -> bool {
    let us = rustix::process::geteuid().as_raw();
    let place = history.parent().and_then(|directory| std::fs::metadata(directory).ok());
    let of_us = |about: &std::fs::Metadata| about.uid() == us;
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600).custom_flags(NO_FOLLOW);
    place.is_some_and(|about| of_us(&about) && about.mode() & 0o022 == 0)
        && options
            .open(history)
            .and_then(|file| file.metadata())
            .is_ok_and(|about| of_us(&about) && about.is_file())
}

impl rustyline::completion::Completer for Completion {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = &line[..at];
        let start = before.rfind(' ').map_or(0, |space| space + 1);
        let pair = |word: String| Pair { display: word.clone(), replacement: format!("{word} ") };
        Ok((start, self.words(&before[..start], &before[start..]).into_iter().map(pair).collect()))
    }
}

impl Completion {
    /// What can follow, and begins with `begun`.
    fn words(&self, before: &str, begun: &str) -> Vec<String> {
        let mut place = &self.grammar;
        let mut last = "";
        for word in before.split_whitespace() {
            place = place.find_subcommand(word).unwrap_or(place);
            last = word;
        }
        let option = last.strip_prefix("--").unwrap_or(last);
        let mut words: Vec<String> = vec![];
        for (name, values) in &self.known {
            if *name == option {
                words.extend(values.iter().cloned());
            }
        }
        let argument = place.get_arguments().find(|argument| argument.get_long() == Some(option));
        let values = argument.filter(|_| last.starts_with("--")).map(clap::Arg::get_possible_values);
        words.extend(values.into_iter().flatten().map(|value| value.get_name().to_owned()));
        if words.is_empty() {
            words.extend(place.get_subcommands().map(|below| below.get_name().to_owned()));
            let options = place.get_arguments().filter_map(clap::Arg::get_long);
            words.extend(options.map(|name| format!("--{name}")));
        }
        words.retain(|word| word.starts_with(begun) && (word != "--data-dir"));
        words.sort();
        words.dedup();
        words
    }
}
