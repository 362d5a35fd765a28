//! `atelier config`: the settings in force.

use std::process::ExitCode;

use anyhow::Result;
use platform::config::Config;
use serde_json::json;

use crate::{
    output,
    seat::Seat,
    settings::{Place, Settings},
};

/// List every setting with the value in force; secrets are hidden
///
/// In a shell: those of the instance. Else those that a command on this data directory has.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints them.
pub(crate) async fn run(seat: &Seat, args: Args) -> Result<ExitCode> {
    if seat.instance().is_some() {
        let place = args.place.clone();
        return seat.with(&place, async |app| tell(seat, &args, &app.config)).await;
    }
    let settings = Settings::of_command(&args.place)?;
    tell(seat, &args, &settings.config)
}

fn tell(seat: &Seat, args: &Args, config: &Config) -> Result<ExitCode> {
    if args.json {
        let all = config.describe().iter().map(|s| json!({"name": s.name, "value": s.value, "set": s.set}));
        seat.print_json(&all.collect::<Vec<_>>())?;
    } else {
        seat.print(&table(config))?;
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
