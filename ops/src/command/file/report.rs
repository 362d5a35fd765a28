//! `atelier file report`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use domain::file::check::{self, FileProblem, REPORTED_MAX, Run, Tally};
use platform::app::App;
use serde_json::json;

use super::problems::{Described, HEADS, SHOWN_MAX, row, tallies};
use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Tell what `file check --all` found
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The run, by the number of its job; the last one when left out
    id: Option<i64>,
    /// List the last runs instead
    #[arg(long, conflicts_with = "id")]
    list: bool,
    /// Print JSON, with every problem that is kept
    #[arg(long)]
    json: bool,
}

/// Prints it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    ctx.with(&args.data_dir, async |app| {
        if args.list {
            let runs = check::list(&app.db).await?;
            return if args.json { ctx.print_json(&runs) } else { ctx.print(&of_runs(&runs)) };
        }
        if args.json {
            let run = known(app, args.id).await?;
            let found = check::tally(&app.db, run.id).await?;
            let problems = all(app, run.id).await?;
            let problems: Vec<Described<'_, _>> = problems.iter().map(Described::of_file).collect();
            return ctx.print_json(&json!({"run": run, "found": found, "problems": problems}));
        }
        print(ctx, app, args.id).await
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the report of one run, or of the last, for people.
pub(super) async fn print(ctx: &CommandContext, app: &App, id: Option<i64>) -> Result<()> {
    let run = known(app, id).await?;
    let found = check::tally(&app.db, run.id).await?;
    let problems = check::problems(&app.db, run.id, None, SHOWN_MAX as u64).await?;
    ctx.print(&text(&run, &found, &problems))
}

async fn known(app: &App, id: Option<i64>) -> Result<Run> {
    let found = check::latest(&app.db, id).await?;
    found.context("there is no such run (any more): `atelier file check --all` begins one")
}

async fn all(app: &App, run: i64) -> Result<Vec<FileProblem>> {
    let mut found: Vec<FileProblem> = vec![];
    loop {
        let page = check::problems(&app.db, run, found.last(), REPORTED_MAX).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

fn of_runs(runs: &[Run]) -> String {
    let rows: Vec<[String; 6]> = runs
        .iter()
        .map(|run| {
            [
                run.id.to_string(),
                output::time(run.started_at),
                output::time_or_dash(run.finished_at),
                run.files.to_string(),
                run.wrong_files.to_string(),
                run.problems.to_string(),
            ]
        })
        .collect();
    output::table(["ID", "STARTED", "FINISHED", "FILES", "WRONG", "PROBLEMS"], &rows)
}

fn text(run: &Run, found: &[Tally], problems: &[FileProblem]) -> String {
    let mut text = output::facts(&[
        ("check", run.id.to_string()),
        ("started", output::time(run.started_at)),
        ("finished", output::time_or_dash(run.finished_at)),
        ("files", run.files.to_string()),
        ("shapes", run.shapes.to_string()),
        ("wrong files", run.wrong_files.to_string()),
        ("problems", run.problems.to_string()),
    ]);
    if found.is_empty() {
        text.push_str("\nNothing is wrong.\n");
        return text;
    }
    let rows: Vec<[String; 7]> = problems
        .iter()
        .map(|one| {
            let [code, place, shape, field, about, repairable] = row(&one.problem);
            [one.file_id.to_string(), code, place, shape, field, about, repairable]
        })
        .collect();
    let [code, place, shape, field, about, repairable] = HEADS;
    let heads = ["FILE", code, place, shape, field, about, repairable];
    text.push_str(&format!("\n{}\n{}", tallies(found), output::table(heads, &rows)));
    if rows.len() == SHOWN_MAX {
        text.push_str("--json lists all of them\n");
    }
    text
}
