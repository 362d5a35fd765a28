//! What a line may be, and what carries it out: the shell gets it from whoever opens it, and knows no command.

use std::{pin::Pin, process::ExitCode};

use anyhow::Result;
use clap::ArgMatches;

use crate::context::CommandContext;

/// The commands of a shell.
#[derive(Clone, Copy)]
pub(crate) struct Grammar {
    /// Every command as one line.
    pub(crate) lines: fn() -> clap::Command,
    /// Whether a line that was understood may be carried out here.
    pub(crate) allows: fn(&ArgMatches) -> Result<bool, clap::Error>,
    /// Carries it out.
    pub(crate) run: for<'a> fn(&'a CommandContext, &'a ArgMatches) -> Running<'a>,
}

/// A line that is being carried out.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Result<ExitCode>> + 'a>>;
