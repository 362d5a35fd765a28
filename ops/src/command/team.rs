//! `atelier team`: teams.

mod change;
mod show;

use std::process::ExitCode;

use anyhow::Result;

use crate::context::CommandContext;

/// List teams and their members, hand them over, delete and restore them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(show::List),
    Members(show::Members),
    Transfer(change::Transfer),
    Delete(change::Delete),
    Restore(change::Restore),
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List(args) => show::list(ctx, args).await?,
        Action::Members(args) => show::members(ctx, args).await?,
        Action::Transfer(args) => change::transfer(ctx, args).await?,
        Action::Delete(args) => change::delete(ctx, args).await?,
        Action::Restore(args) => change::restore(ctx, args).await?,
    }
    Ok(ExitCode::SUCCESS)
}
