//! `atelier jobs`: durable jobs.

mod list;
mod run;
mod show;

use std::process::ExitCode;

use anyhow::Result;
use domain::instance::Part;

use crate::{
    installation::{Installation, refuse_stranger},
    output,
    settings::Place,
};

/// List, show and run durable jobs
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(list::Args),
    Show(show::Args),
    Run(run::Args),
    /// Run every job that is due in this process, until none is left
    Drain {
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List(args) => list::run(args).await,
        Action::Show(args) => show::run(args).await,
        Action::Run(args) => run::run(args).await,
        Action::Drain { place } => drain(&place).await,
    }
}

/// A failing job is reported, and kept for another attempt or as a dead letter.
async fn drain(place: &Place) -> Result<ExitCode> {
    let drained = Installation::with(place, async |app| {
        refuse_stranger(app, Part::Works).await?;
        Ok(jobs::drain(app).await?)
    });
    let drained = drained.await?;
    output::print(&format!("{} ran, {} of them failed\n", drained.ran, drained.failed))?;
    Ok(if drained.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
