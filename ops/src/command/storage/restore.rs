//! `atelier storage restore`.

use std::process::ExitCode;

use anyhow::Result;
use dashboard::wording;
use domain::storage::why;
use entities::ids::StorageObjectId;

use crate::{context::CommandContext, settings::DataDirArgs};

/// Bring back hidden blobs, for another time of grace unless something begins to refer to them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The blobs
    #[arg(required = true)]
    ids: Vec<StorageObjectId>,
}

/// Brings back what can be, and tells of each; fails when one cannot.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    let report = ctx.with(&args.data_dir, async |app| {
        let mut report = String::new();
        for id in &args.ids {
            match why::restore(app, ctx.operator(), *id, app.now()).await {
                Ok(()) => report.push_str(&format!("{id}  is back\n")),
                Err(error) => {
                    report.push_str(&format!("{id}  {}\n", wording::not_restorable(&error)));
                    code = ExitCode::FAILURE;
                }
            }
        }
        Ok(report)
    });
    ctx.print(&report.await?)?;
    Ok(code)
}
