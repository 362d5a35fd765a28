//! `atelier team`: teams.

mod change;
mod show;

use std::process::ExitCode;

use anyhow::Result;

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
pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List(args) => show::list(args).await?,
        Action::Members(args) => show::members(args).await?,
        Action::Transfer(args) => change::transfer(args).await?,
        Action::Delete(args) => change::delete(args).await?,
        Action::Restore(args) => change::restore(args).await?,
    }
    Ok(ExitCode::SUCCESS)
}
