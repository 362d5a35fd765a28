//! One line after another, as the command line would understand it, and each in the audit log.
//!
//! A line that changes something is rehearsed first. It is done when the same line comes again with `yes`, and the
//! rehearsal still says the same.

use std::process::ExitCode;

use anyhow::{Context as _, Error, Result};
use clap::{ArgMatches, error::ErrorKind};
use domain::permission::Operator;
use platform::app::App;
use tokio::runtime::Handle;

use super::{
    grammar::Grammar,
    wire::{Answer, LINE_MAX, Request},
};
use crate::{
    context::{CommandContext, Output},
    invocation::Invocation,
};

/// Somebody's shell.
pub(crate) struct Session {
    app: App,
    operator: Operator,
    grammar: Grammar,
    /// A line that was rehearsed, and what that said.
    asked: Option<(String, String)>,
}

/// A line that was understood.
struct ParsedLine {
    invocation: Invocation,
    matches: ArgMatches,
    words: Vec<String>,
}

impl Session {
    pub(crate) fn new(app: App, operator: Operator, grammar: Grammar) -> Session {
        Session { app, operator, grammar, asked: None }
    }

    /// Carries out one line. It goes on to its end when nobody waits for it any more.
    pub(crate) async fn answer(&mut self, request: Request) -> Answer {
        let asked = self.asked.take();
        let (app, operator, grammar) = (self.app.clone(), self.operator.clone(), self.grammar);
        // Commands need not be able to move between threads: each line has one of its own.
        let (handle, line) = (Handle::current(), request.line.clone());
        let work = move || handle.block_on(Box::pin(carry_out(app, operator, grammar, request, asked)));
        let answer = match tokio::task::spawn_blocking(work).await {
            Ok(answer) => answer,
            Err(error) => failed(Output::default(), &Error::new(error).context("the line broke down")),
        };
        if answer.ask {
            self.asked = Some((line, answer.out.clone()));
        }
        answer
    }
}

async fn carry_out(
    app: App,
    operator: Operator,
    grammar: Grammar,
    request: Request,
    asked: Option<(String, String)>,
) -> Answer {
    let Some(mut words) = shlex::split(&request.line) else {
        let answer = failed(Output::default(), &Error::msg("a quotation mark is not closed"));
        return recorded(&app, &operator, Invocation::nothing(&["…".to_owned()]), answer).await;
    };
    // For scripts: done after its rehearsal, whatever that says.
    let sure = words.iter().any(|word| word == "--yes");
    words.retain(|word| word != "--yes");
    let line = match understand(grammar, words.clone(), request.json) {
        Ok(line) => line,
        Err(answer) => return recorded(&app, &operator, Invocation::nothing(&words), answer).await,
    };
    let ctx = CommandContext::inside(app.clone(), operator.clone());
    if !line.invocation.changes {
        let done = limited((grammar.run)(&ctx, &line.matches)).await;
        return end(&app, &ctx, &line.invocation, done).await;
    }
    if let Err(error) = limited(Box::pin(rehearse(grammar, &ctx, &line))).await {
        // Not everything can be rehearsed; whoever asked is told, and may still want it.
        ctx.note(&format!("its rehearsal failed: {error:#}"));
        if let Err(error) = in_words(grammar, &ctx, &line) {
            return end(&app, &ctx, &line.invocation, Err(error)).await;
        }
    }
    let rehearsed = ctx.take_output();
    if !sure {
        let seen = asked.filter(|(same, _)| request.yes && *same == request.line).map(|(_, out)| out);
        match seen {
            Some(out) if out == rehearsed.out => {}
            other => {
                let before = if other.is_some() { "it is not what it was a moment ago; now:\n" } else { "" };
                record(&app, &line.invocation, &operator, Ok("asked")).await;
                return ask(rehearsed, before);
            }
        }
    } else if !request.json {
        ctx.note(rehearsed.out.trim_end());
    }
    // Without its event a change is not begun; one that is not ended was cut short.
    if let Err(error) = line.invocation.record(&app, &operator, Ok("begun")).await {
        let error = Error::new(error).context("nothing was done: it could not be recorded");
        return failed(rehearsed, &error);
    }
    let done = limited((grammar.run)(&ctx, &line.matches)).await;
    end(&app, &ctx, &line.invocation, done).await
}

/// The words as the command line reads them.
fn understand(grammar: Grammar, words: Vec<String>, json: bool) -> Result<ParsedLine, Answer> {
    let matches = parse(grammar, &words).map_err(|error| {
        let text = error.render().to_string();
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                Answer { out: text, ok: true, ..Answer::default() }
            }
            _ => Answer { notes: text, ..Answer::default() },
        }
    })?;
    let invocation = Invocation::of(&words, &matches);
    if json {
        let with = extended(&words, "--json");
        if let Ok(matches) = parse(grammar, &with) {
            return Ok(ParsedLine { invocation, matches, words: with });
        }
    }
    Ok(ParsedLine { invocation, matches, words })
}

fn parse(grammar: Grammar, words: &[String]) -> Result<ArgMatches, clap::Error> {
    let matches = (grammar.lines)().no_binary_name(true).try_get_matches_from(words)?;
    match (grammar.allows)(&matches)? {
        true => Ok(matches),
        false => {
            let text = "this is for a process of its own: use it outside the shell\n";
            Err(clap::Error::raw(ErrorKind::InvalidSubcommand, text))
        }
    }
}

fn extended(words: &[String], option: &str) -> Vec<String> {
    words.iter().cloned().chain([option.to_owned()]).collect()
}

/// Tells what a line would do: by its own `--dry-run`, or else in the words of its help.
async fn rehearse(grammar: Grammar, ctx: &CommandContext, line: &ParsedLine) -> Result<()> {
    if let Ok(matches) = parse(grammar, &extended(&line.words, "--dry-run")) {
        (grammar.run)(ctx, &matches).await?;
        return Ok(());
    }
    in_words(grammar, ctx, line)
}

fn in_words(grammar: Grammar, ctx: &CommandContext, line: &ParsedLine) -> Result<()> {
    let mut command = &(grammar.lines)();
    for name in line.invocation.command.split(' ') {
        command = command.find_subcommand(name).context("there is no such command")?;
    }
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    ctx.print(&format!("would: {about}\n  {}\n", line.invocation.line()))
}

async fn limited<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let ended = tokio::time::timeout(LINE_MAX, work).await;
    ended.unwrap_or_else(|_| Err(Error::msg(format!("it was stopped after {LINE_MAX:?}"))))
}

fn ask(output: Output, before: &str) -> Answer {
    Answer { out: output.out, notes: format!("{before}{}", output.notes), ok: false, ask: true }
}

/// The answer, and the event that the line leaves.
async fn end(app: &App, ctx: &CommandContext, invocation: &Invocation, done: Result<ExitCode>) -> Answer {
    let output = ctx.take_output();
    let outcome = match &done {
        Ok(code) if *code == ExitCode::SUCCESS => Ok("done"),
        Ok(_) => Err(output.notes.trim().to_owned()),
        Err(error) => Err(format!("{error:#}")),
    };
    let ok = outcome.is_ok();
    record(app, invocation, ctx.operator(), outcome).await;
    match done {
        Ok(_) => Answer { out: output.out, notes: output.notes, ok, ask: false },
        Err(error) => failed(output, &error),
    }
}

/// The answer to a line that is none, or that only asks what there is.
async fn recorded(app: &App, operator: &Operator, invocation: Invocation, answer: Answer) -> Answer {
    let outcome = if answer.ok { Ok("done") } else { Err(answer.notes.trim().to_owned()) };
    record(app, &invocation, operator, outcome).await;
    answer
}

async fn record(app: &App, invocation: &Invocation, operator: &Operator, outcome: Result<&str, String>) {
    if let Err(error) = invocation.record(app, operator, outcome).await {
        tracing::error!(%error, who = operator.name(), "a line of a shell could not be recorded");
    }
}

fn failed(output: Output, error: &Error) -> Answer {
    let notes = format!("{}{error:#}\n", output.notes);
    Answer { out: output.out, notes, ok: false, ask: false }
}
