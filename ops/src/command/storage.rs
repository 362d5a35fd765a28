//! `atelier storage`: blobs.

mod gc;
mod list;
mod migrate;
mod refusal;
mod report;
mod restore;
mod scrub;
mod why;

use std::process::ExitCode;

use anyhow::Result;

use crate::context::CommandContext;

/// Look at stored blobs, explain them, sweep, check and move them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(list::Args),
    Why(why::Args),
    Restore(restore::Args),
    Gc(gc::Args),
    Scrub(scrub::Args),
    Report(report::Args),
    Migrate(migrate::Args),
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List(args) => list::run(ctx, args).await,
        Action::Why(args) => why::run(ctx, args).await,
        Action::Restore(args) => restore::run(ctx, args).await,
        Action::Gc(args) => gc::run(ctx, args).await,
        Action::Scrub(args) => Box::pin(scrub::run(ctx, args)).await,
        Action::Report(args) => report::run(ctx, args).await,
        Action::Migrate(args) => Box::pin(migrate::run(ctx, args)).await,
    }
}
