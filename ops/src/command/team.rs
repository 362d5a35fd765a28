//! `atelier team`: teams.

mod change;
mod show;

use std::process::ExitCode;

use anyhow::Result;

use crate::seat::Seat;

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
pub(crate) async fn run(seat: &Seat, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List(args) => show::list(seat, args).await?,
        Action::Members(args) => show::members(seat, args).await?,
        Action::Transfer(args) => change::transfer(seat, args).await?,
        Action::Delete(args) => change::delete(seat, args).await?,
        Action::Restore(args) => change::restore(seat, args).await?,
    }
    Ok(ExitCode::SUCCESS)
}
