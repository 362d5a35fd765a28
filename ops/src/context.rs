//! Where a command is carried out and where its words go: in a process of its own, or inside an instance for a shell.

use std::{
    io::{ErrorKind, Write as _},
    sync::{Mutex, PoisonError},
};

use anyhow::{Result, bail};
use domain::{follow_up::FollowUps, permission::Operator};
use jobs::Waker;
use platform::{app::App, db::Tx};
use serde::Serialize;

use crate::{installation::Installation, invocation::Invocation, operator, settings::DataDirArgs};

/// Bytes of output that a shell gets of one line; the rest is left out, and that is said.
pub(crate) const OUTPUT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Handed to every command.
#[derive(Debug)]
pub(crate) struct CommandContext {
    app: Option<App>,
    operator: Operator,
    /// What the command is, when it changes something and leaves its own event.
    invocation: Option<Invocation>,
    captured: Option<Mutex<Output>>,
}

/// What a line told.
#[derive(Debug, Default, Clone)]
pub(crate) struct Output {
    /// For programs and people.
    pub(crate) out: String,
    /// Beside it, for people.
    pub(crate) notes: String,
}

impl CommandContext {
    /// In a process of its own: opens the installation, prints to the terminal, leaves the event of a change.
    pub(crate) fn standalone(invocation: Option<Invocation>) -> CommandContext {
        CommandContext { app: None, operator: operator::here(), invocation, captured: None }
    }

    /// Inside an instance, for somebody: what is told is captured for them. Whoever made the context leaves the event.
    pub(crate) fn inside(app: App, operator: Operator) -> CommandContext {
        CommandContext { app: Some(app), operator, invocation: None, captured: Some(Mutex::default()) }
    }

    /// Who acts.
    pub(crate) fn operator(&self) -> &Operator {
        &self.operator
    }

    /// Commits what the command changed, with what has to follow it.
    ///
    /// # Errors
    /// As [`jobs::commit`].
    pub(crate) async fn commit(&self, app: &App, tx: Tx, follow_ups: FollowUps) -> Result<()> {
        Ok(jobs::commit(app, &Waker::start(app), &self.operator, tx, follow_ups).await?)
    }

    /// The instance, when this is inside one.
    pub(crate) fn instance(&self) -> Option<&App> {
        self.app.as_ref()
    }

    /// What was told so far, taken away. Nothing when it went to a terminal.
    pub(crate) fn take_output(&self) -> Output {
        let captured =
            self.captured.as_ref().map(|captured| captured.lock().unwrap_or_else(PoisonError::into_inner));
        captured.map(|mut output| std::mem::take(&mut *output)).unwrap_or_default()
    }

    /// Tells something. Whoever stops reading (`| head`) has read enough: that is no error.
    ///
    /// # Errors
    /// Standard output fails otherwise.
    pub(crate) fn print(&self, text: &str) -> Result<()> {
        if let Some(captured) = &self.captured {
            append(&mut captured.lock().unwrap_or_else(PoisonError::into_inner).out, text);
            return Ok(());
        }
        let mut out = std::io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
            _ => Ok(()),
        }
    }

    /// Tells a value as JSON on several lines.
    ///
    /// # Errors
    /// As [`CommandContext::print`].
    pub(crate) fn print_json(&self, value: &impl Serialize) -> Result<()> {
        self.print(&format!("{}\n", serde_json::to_string_pretty(value)?))
    }

    /// Tells people something beside what programs read.
    pub(crate) fn note(&self, text: &str) {
        match &self.captured {
            Some(captured) => {
                append(
                    &mut captured.lock().unwrap_or_else(PoisonError::into_inner).notes,
                    &format!("{text}\n"),
                );
            }
            None => eprintln!("{text}"),
        }
    }

    /// Does something to the installation: the instance's own, or the one that is opened for it and closed after. When
    /// it changes something, its event is left with its outcome.
    ///
    /// # Errors
    /// Those of the work, else those of opening and closing; `--data-dir` inside an instance.
    pub(crate) async fn with<T>(
        &self,
        data_dir: &DataDirArgs,
        work: impl AsyncFnOnce(&App) -> Result<T>,
    ) -> Result<T> {
        if let Some(app) = &self.app {
            if data_dir.is_named() {
                bail!("--data-dir: a shell speaks of its own instance; leave it out");
            }
            return Box::pin(work(app)).await;
        }
        Box::pin(Installation::with(data_dir, async |app| {
            let done = work(app).await;
            self.record(app, &done).await;
            done
        }))
        .await
    }

    /// As [`CommandContext::with`], for what looks only before the change: no event is left.
    ///
    /// # Errors
    /// As [`CommandContext::with`].
    pub(crate) async fn read_only<T>(
        &self,
        data_dir: &DataDirArgs,
        work: impl AsyncFnOnce(&App) -> Result<T>,
    ) -> Result<T> {
        match &self.app {
            Some(app) => Box::pin(work(app)).await,
            None => Box::pin(Installation::with(data_dir, work)).await,
        }
    }

    /// Leaves the event of the change that this command is, if it is one.
    pub(crate) async fn record<T>(&self, app: &App, done: &Result<T>) {
        if let Some(invocation) = &self.invocation {
            let outcome = done.as_ref().map(|_| "done").map_err(|error| format!("{error:#}"));
            if let Err(error) = invocation.record(app, &self.operator, outcome).await {
                tracing::error!(%error, who = self.operator.name(), "what was done could not be recorded");
            }
        }
    }
}

fn append(to: &mut String, text: &str) {
    const CUT: &str = "\n… the rest is left out: ask for less\n";
    let room = OUTPUT_BYTES_MAX.saturating_sub(to.len());
    if text.len() <= room {
        to.push_str(text);
    } else if room > 0 {
        to.push_str(&text[..text.floor_char_boundary(room)]);
        to.push_str(CUT);
        // No room is left for anything after it.
        to.push_str(&" ".repeat(OUTPUT_BYTES_MAX.saturating_sub(to.len())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_has_an_end() {
        let mut text = String::new();
        append(&mut text, &"é".repeat(OUTPUT_BYTES_MAX));
        append(&mut text, "more");
        assert!(text.len() < OUTPUT_BYTES_MAX + 100 && text.ends_with("ask for less\n"));
    }
}
