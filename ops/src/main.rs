//! The one binary: every role and every tool of whoever runs Atelier, as subcommands.

mod allocator;
mod cluster;
mod command;
mod context;
mod data_dir;
mod database;
mod installation;
mod invocation;
mod operator;
mod output;
mod role;
mod settings;
mod shell;
mod signals;
mod time_arg;
mod word_arg;

use std::{process::ExitCode, time::Duration};

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use command::Command;
use context::CommandContext;
use invocation::Invocation;

/// A backend for collaborative design tools.
#[derive(Debug, Parser)]
#[command(name = "atelier", version, about, long_about = LONG_ABOUT, disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const LONG_ABOUT: &str = "\
A backend for collaborative design tools.

`atelier up` runs everything in one process, with a private database, and is all that one machine needs. \
For more machines run `atelier migrate` once, then as many `atelier api` and `atelier worker` as you like on one \
PostgreSQL and one Redis.

Settings are environment variables (PENPOT_… and ATELIER_…); `atelier doctor --settings` lists them all.";

/// How long threads of computation may go on when all else has ended.
const SHUTDOWN_MAX: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let matches = Cli::command().get_matches();
    let invocation = Invocation::of(words.get(1..).unwrap_or_default(), &matches);
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let ctx = CommandContext::standalone(invocation.changes.then_some(invocation));
    if cli.command.serves() {
        allocator::settle();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return fail(&anyhow::Error::new(error).context("the process cannot start its threads"));
        }
    };
    let ended = runtime.block_on(cli.command.run(&ctx));
    // A picture that is still being decoded must not hold up the end.
    runtime.shutdown_timeout(SHUTDOWN_MAX);
    ended.unwrap_or_else(|error| fail(&error))
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("atelier: {error:#}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn everything_has_a_help_text() {
        fn look(command: &clap::Command, path: &str) {
            let path = format!("{path} {}", command.get_name());
            assert!(command.get_about().is_some(), "{path} has no help");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{path} {} has no help", argument.get_id());
            }
            command.get_subcommands().for_each(|below| look(below, &path));
        }
        let mut command = Cli::command();
        command.build();
        look(&command, "");
    }
}
