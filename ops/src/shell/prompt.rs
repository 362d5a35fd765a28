//! The end where people type: history, and completion of what there is to say.

use std::{
    fs::OpenOptions,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use rustyline::{
    Completer, Config, Editor, Helper, Highlighter, Hinter, Validator, completion::Pair,
    error::ReadlineError, history::FileHistory,
};

use crate::deed::redacted;

/// Lines that are remembered.
const HISTORY_MAX: usize = 1_000;

/// Values of options that are known beforehand: the option, and what it takes.
pub(crate) type Known = Vec<(&'static str, Vec<String>)>;

/// Asks for lines.
pub(crate) struct Prompt {
    editor: Editor<Words, FileHistory>,
    history: PathBuf,
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
    /// A prompt that starts with `text`; its history is a file that only its owner reads.
    ///
    /// # Errors
    /// The terminal or the file cannot be used.
    pub(crate) fn open(text: &str, history: &Path, grammar: clap::Command, known: Known) -> Result<Prompt> {
        let made = OpenOptions::new().append(true).create(true).mode(0o600).open(history);
        made.with_context(|| format!("{} cannot be written", history.display()))?;
        let config = Config::builder().max_history_size(HISTORY_MAX)?.auto_add_history(false).build();
        let mut editor = Editor::with_config(config)?;
        editor.set_helper(Some(Words { words: Completion { grammar, known } }));
        drop(editor.load_history(history));
        Ok(Prompt { editor, history: history.to_owned(), text: text.to_owned() })
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
        if !words.is_empty() && redacted(&words) == words.join(" ") && self.editor.add_history_entry(line)? {
            self.editor.save_history(&self.history)?;
        }
        Ok(())
    }
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
