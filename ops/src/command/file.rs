//! `atelier file`: files and their documents.

mod check;
mod history;
mod problems;
mod refusal;
mod repair;
mod report;
mod show;

use std::process::ExitCode;

use anyhow::Result;

use crate::context::CommandContext;

/// Tell what is in a file and what was done to it, check documents, and put them right
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Check(check::Args),
    Report(report::Args),
    Repair(repair::Args),
    Show(show::Args),
    History(history::Args),
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::Check(args) => Box::pin(check::run(ctx, args)).await,
        Action::Report(args) => report::run(ctx, args).await,
        Action::Repair(args) => Box::pin(repair::run(ctx, args)).await,
        Action::Show(args) => show::run(ctx, args).await,
        Action::History(args) => history::run(ctx, args).await,
    }
}
