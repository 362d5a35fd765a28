//! `atelier config`: the settings in force.

use std::process::ExitCode;

use anyhow::Result;
use platform::config::Config;
use serde_json::json;

use crate::{
    context::CommandContext,
    output,
    settings::{DataDirArgs, Settings},
};

/// List every setting with the value in force; secrets are hidden
///
/// In a shell: those of the instance. Else those that a command on this data directory has.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints them.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    if ctx.instance().is_some() {
        let data_dir = args.data_dir.clone();
        return ctx.with(&data_dir, async |app| tell(ctx, &args, &app.config)).await;
    }
    let settings = Settings::of_command(&args.data_dir)?;
    tell(ctx, &args, &settings.config)
}

fn tell(ctx: &CommandContext, args: &Args, config: &Config) -> Result<ExitCode> {
    if args.json {
        let all = config.describe().iter().map(|s| json!({"name": s.name, "value": s.value, "set": s.set}));
        ctx.print_json(&all.collect::<Vec<_>>())?;
    } else {
        ctx.print(&table(config))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Every setting, a line each.
pub(super) fn table(config: &Config) -> String {
    let settings = config.describe().iter();
    let rows: Vec<[String; 4]> = settings
        .map(|s| {
            let from = if s.set { "set" } else { "default" }.to_owned();
            [s.name.to_owned(), s.value.clone(), from, s.meaning.to_owned()]
        })
        .collect();
    output::table(["SETTING", "VALUE", "SOURCE", "DESCRIPTION"], &rows)
}
