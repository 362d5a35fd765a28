//! `atelier jobs list`.

use std::process::ExitCode;

use anyhow::Result;
use jobs::read::{self, Filter, Shown};
use platform::app::App;

use super::filter::FilterArgs;
use crate::{context::CommandContext, output, settings::DataDirArgs};

/// List jobs, youngest first
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    #[command(flatten)]
    choice: FilterArgs,
    /// Only those before this one: the last id of the page before
    #[arg(long)]
    before: Option<i64>,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=read::PAGE_MAX))]
    limit: i64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints a page.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let found = ctx.with(&args.data_dir, async |app| {
        let filter = Filter { before: args.before, limit: args.limit, ..args.choice.filter(app.now()) };
        page(app, filter).await
    });
    let found = found.await?;
    if args.json {
        ctx.print_json(&found)?
    } else {
        ctx.print(&table(&found))?
    }
    Ok(ExitCode::SUCCESS)
}

/// A page as long as was asked for. One question looks at a bounded number of rows only.
async fn page(app: &App, mut filter: Filter) -> Result<Vec<Shown>> {
    let wanted = filter.limit;
    let mut found = vec![];
    loop {
        let page = read::list(&app.pool, &filter).await?;
        found.extend(page.jobs);
        filter.limit = wanted - i64::try_from(found.len()).unwrap_or(i64::MAX);
        filter.before = page.next;
        if filter.limit <= 0 || page.next.is_none() {
            return Ok(found);
        }
    }
}

fn table(found: &[Shown]) -> String {
    let rows: Vec<[String; 8]> = found
        .iter()
        .map(|job| {
            [
                job.id.to_string(),
                job.state.to_string(),
                job.kind.clone(),
                job.queue.clone(),
                format!("{}/{}", job.attempt, job.max_attempts),
                output::time(job.run_at),
                output::time_or_dash(job.finished_at),
                job.errors.last().map(|failure| failure.error.clone()).unwrap_or_default(),
            ]
        })
        .collect();
    output::table(["ID", "STATE", "KIND", "QUEUE", "ATTEMPTS", "DUE", "FINISHED", "LAST ERROR"], &rows)
}
