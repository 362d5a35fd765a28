//! `atelier file check`.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context as _, Result};
use domain::file::check::{self, Checked};
use entities::ids::FileId;
use jobs::all::check_files::CheckFiles;
use serde_json::json;

use super::{
    problems::{Described, list, tallies},
    refusal::describe,
    report,
};
use crate::{command::jobs::run as job, context::CommandContext, output, settings::DataDirArgs};

/// Look whether the parts of a document belong together, or with --all those of every file, as a job
///
/// Tells what is wrong and where: code, page, shape, field. Nothing is changed; the exit status is 1 when something is
/// wrong. `atelier file repair` puts right what one thing puts right. What --all finds is told by
/// `atelier file report`; `atelier jobs pause --kind check-files` lets it stand still.
#[derive(Debug, clap::Args)]
#[group(id = "what", required = true, multiple = false, args = ["id", "all"])]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The file
    id: Option<FileId>,
    /// Every file that is not deleted
    #[arg(long)]
    all: bool,
    /// Shapes looked at in a second, at most
    #[arg(long, default_value_t = CheckFiles::default().shapes_per_second, requires = "all")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    shapes_per_second: u32,
    /// Wait until it has ended, and print its report
    #[arg(long, requires = "all")]
    wait: bool,
    /// How long to wait at most
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = job::time, requires = "wait")]
    timeout: Duration,
    /// Print JSON, with every problem
    #[arg(long, conflicts_with = "all")]
    json: bool,
}

/// Looks at one file, or enqueues the job and waits when asked to.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let Some(id) = args.id else { return Box::pin(all(ctx, args)).await };
    let checked = ctx.with(&args.data_dir, async |app| check::check(app, id).await.map_err(describe));
    let checked = checked.await?;
    if args.json {
        ctx.print_json(&as_json(&checked))?;
    } else {
        ctx.print(&text(&checked))?;
    }
    Ok(if checked.count() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn all(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let wanted = CheckFiles { shapes_per_second: args.shapes_per_second };
    let entry = jobs::entry("check-files").context("there is no such job")?;
    let wait = args.wait.then_some(args.timeout);
    let report = async |app: &platform::app::App, id| report::print(ctx, app, Some(id)).await;
    job::start(ctx, &args.data_dir, entry, serde_json::to_value(wanted)?, None, wait, report).await
}

fn as_json(checked: &Checked) -> serde_json::Value {
    let Checked { id, name, revn, pages, shapes, found, problems } = checked;
    let problems: Vec<Described<'_, _>> = problems.iter().map(Described::of).collect();
    json!({
        "id": id, "name": name, "revn": revn, "pages": pages, "shapes": shapes, "found": found, "problems": problems,
    })
}

fn text(checked: &Checked) -> String {
    let mut text = output::facts(&[
        ("file", format!("{} {:?}", checked.id, checked.name)),
        ("revision", checked.revn.to_string()),
        ("pages", checked.pages.to_string()),
        ("shapes", checked.shapes.to_string()),
        ("problems", checked.count().to_string()),
    ]);
    if checked.found.is_empty() {
        text.push_str("\nNothing is wrong.\n");
        return text;
    }
    text.push_str(&format!("\n{}\n{}", tallies(&checked.found), list(&checked.problems, checked.count())));
    if checked.found.iter().any(|one| one.repairable > 0) {
        text.push_str(&format!("\nWhat a repair would do: atelier file repair {} --dry-run\n", checked.id));
    }
    text
}
