//! `atelier telemetry`: what is told about this installation.

use std::process::ExitCode;

use anyhow::Result;

use crate::{context::CommandContext, settings::DataDirArgs};

/// Look at what is sent about this installation, and whether it is
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Print as JSON exactly what would be sent now, sending nothing
    Show {
        #[command(flatten)]
        data_dir: DataDirArgs,
    },
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let Action::Show { data_dir } = args.action;
    let shown = ctx.with(&data_dir, async |app| {
        let report = domain::telemetry::report(app, app.now()).await?;
        Ok((report, app.config.telemetry.uri.clone()))
    });
    let (report, uri) = shown.await?;
    // Beside the report, so that a program reads that only. Of the address, which may hold a key, only the server.
    match uri.as_ref().and_then(|uri| uri.host_str()) {
        Some(host) => ctx.note(&format!("sent every day to {host}")),
        None => ctx.note("off: nothing is sent"),
    }
    ctx.print_json(&report)?;
    Ok(ExitCode::SUCCESS)
}
