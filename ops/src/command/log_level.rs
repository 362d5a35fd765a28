//! `log-level`: what this process logs.

use std::{process::ExitCode, time::Duration};

use anyhow::{Result, bail};
use platform::{config::parse_duration, log};
use serde_json::json;

use crate::context::CommandContext;

/// A changed filter is taken back after this at the latest.
const FOR_MAX: Duration = Duration::from_secs(24 * 3_600);

/// In a shell: show or change what the instance logs; it goes back by itself
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The new filter, such as debug or info,sqlx=debug
    filter: Option<String>,
    /// How long it holds, up to 24h
    #[arg(long = "for", value_name = "TIME", default_value = "10m", value_parser = length)]
    time: Duration,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Shows or changes it.
pub(crate) fn run(ctx: &CommandContext, args: &Args) -> Result<ExitCode> {
    if ctx.instance().is_none() {
        bail!("the log is that of a running process: use it in `atelier shell`");
    }
    if let Some(filter) = &args.filter {
        let change = log::change(filter)?;
        let time = args.time;
        tokio::spawn(async move {
            tokio::time::sleep(time).await;
            log::take_back(change);
        });
    }
    let current = log::current().unwrap_or_default();
    match (args.json, &args.filter) {
        (true, _) => ctx.print_json(&json!({"filter": current, "changed": args.filter.is_some()}))?,
        (_, None) => ctx.print(&format!("{current}\n"))?,
        (_, Some(_)) => ctx.print(&format!("{current}, for {:?}\n", args.time))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn length(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text).filter(|time| !time.is_zero() && *time <= FOR_MAX);
    time.ok_or_else(|| "should be a time of up to 24h, such as 10m".to_owned())
}
