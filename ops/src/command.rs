//! Every subcommand, one file each.

mod api;
mod audit;
mod config;
mod dashboard;
mod doctor;
mod explain;
mod file;
mod jobs;
mod log_level;
mod mail;
mod migrate;
mod openapi;
mod profile;
mod quota;
mod ready;
mod shell;
mod sql;
mod storage;
mod support;
mod team;
mod telemetry;
mod token;
mod up;
mod worker;

use std::process::ExitCode;

use anyhow::Result;
use clap::{ArgMatches, FromArgMatches as _};

use crate::{
    context::CommandContext,
    shell::grammar::{Grammar, Running},
};

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Up(up::Args),
    Api(api::Args),
    Worker(worker::Args),
    Dashboard(dashboard::Args),
    Migrate(migrate::Args),
    Doctor(doctor::Args),
    Jobs(jobs::Args),
    Explain(explain::Args),
    Sql(sql::Args),
    Storage(storage::Args),
    File(file::Args),
    Profile(profile::Args),
    Audit(audit::Args),
    Token(token::Args),
    Mail(mail::Args),
    Telemetry(telemetry::Args),
    Team(team::Args),
    Quota(quota::Args),
    Shell(shell::Args),
    Config(config::Args),
    LogLevel(log_level::Args),
    Openapi(openapi::Args),
}

impl Command {
    /// Whether it goes on until it is told to stop.
    pub(crate) fn serves(&self) -> bool {
        matches!(self, Command::Up(_) | Command::Api(_) | Command::Worker(_) | Command::Dashboard(_))
    }

    /// Whether a line of a shell may be this.
    fn is_for_shells(&self) -> bool {
        !self.serves() && !matches!(self, Command::Migrate(_) | Command::Shell(_) | Command::Openapi(_))
    }

    /// Does it; answers the exit status.
    pub(crate) async fn run(self, ctx: &CommandContext) -> Result<ExitCode> {
        match self {
            Command::Up(args) => up::run(args, GRAMMAR).await,
            Command::Api(args) => api::run(args, GRAMMAR).await,
            Command::Worker(args) => worker::run(args, GRAMMAR).await,
            Command::Dashboard(args) => dashboard::run(args, GRAMMAR).await,
            Command::Migrate(args) => migrate::run(args).await,
            Command::Doctor(args) => Box::pin(doctor::run(ctx, args)).await,
            Command::Jobs(args) => Box::pin(jobs::run(ctx, args)).await,
            Command::Explain(args) => Box::pin(explain::run(ctx, args)).await,
            Command::Sql(args) => Box::pin(sql::run(ctx, args)).await,
            Command::Storage(args) => Box::pin(storage::run(ctx, args)).await,
            Command::File(args) => Box::pin(file::run(ctx, args)).await,
            Command::Profile(args) => profile::run(ctx, args).await,
            Command::Audit(args) => audit::run(ctx, args).await,
            Command::Token(args) => token::run(ctx, args).await,
            Command::Mail(args) => mail::run(ctx, args).await,
            Command::Telemetry(args) => telemetry::run(ctx, args).await,
            Command::Team(args) => team::run(ctx, args).await,
            Command::Quota(args) => quota::run(ctx, args).await,
            Command::Shell(args) => shell::run(ctx, args, lines()),
            Command::Config(args) => config::run(ctx, args).await,
            Command::LogLevel(args) => log_level::run(ctx, &args),
            Command::Openapi(args) => openapi::run(ctx, args),
        }
    }
}

/// The commands of the shell that every role opens.
const GRAMMAR: Grammar = Grammar { lines, allows, run };

/// Every command as one line, for whoever reads lines.
fn lines() -> clap::Command {
    let line = clap::Command::new("atelier").subcommand_required(true).disable_help_subcommand(true);
    <Command as clap::Subcommand>::augment_subcommands(line)
}

fn allows(matches: &ArgMatches) -> Result<bool, clap::Error> {
    Ok(Command::from_arg_matches(matches)?.is_for_shells())
}

fn run<'a>(ctx: &'a CommandContext, matches: &'a ArgMatches) -> Running<'a> {
    Box::pin(async move { Command::from_arg_matches(matches)?.run(ctx).await })
}
