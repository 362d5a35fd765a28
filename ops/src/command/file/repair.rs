//! `atelier file repair`.

use std::process::ExitCode;

use anyhow::Result;
use domain::file::check::{self, Refused, Repaired};
use entities::ids::FileId;
use jobs::Waker;
use platform::app::App;
use serde_json::json;

use super::{
    problems::{Described, list, tallies},
    refusal::describe,
};
use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Put right what is wrong with a document where one thing does, with a snapshot before
///
/// Those who have the file open see it happen, and `atelier file history` lists it. Where somebody has to decide,
/// nothing is done. The snapshot is one of the system: it can be restored until the deletion delay is over.
#[derive(Debug, clap::Args)]
#[group(id = "how", required = true, multiple = true, args = ["dry_run", "apply"])]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The file
    id: FileId,
    /// Only tell what would be done; change nothing, whatever else is said
    #[arg(long)]
    dry_run: bool,
    /// Do it
    #[arg(long)]
    apply: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Does it, or does it and takes it back; tells what became of the document.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let repaired = ctx.with(&args.data_dir, async |app| repair(ctx, app, &args).await).await?;
    if args.json {
        ctx.print_json(&as_json(&repaired, args.dry_run))?;
    } else {
        ctx.print(&text(&repaired, args.dry_run))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn repair(ctx: &CommandContext, app: &App, args: &Args) -> Result<Repaired> {
    let tx = platform::db::begin(&app.db).await?;
    let repaired = check::repair(app, &tx, ctx.operator(), args.id, app.now()).await;
    let mut repaired = repaired.map_err(describe)?;
    let follow_ups = std::mem::take(&mut repaired.follow_ups);
    if args.dry_run || repaired.changes == 0 {
        tx.rollback().await?;
    } else {
        jobs::commit(app, &Waker::start(app), ctx.operator(), tx, follow_ups).await?;
    }
    Ok(repaired)
}

fn as_json(repaired: &Repaired, is_rehearsal: bool) -> serde_json::Value {
    let Repaired { id, name, from_revn, revn, snapshot, found, changes, refused, left, problems, .. } =
        repaired;
    let problems: Vec<Described<'_, _>> = problems.iter().map(Described::of).collect();
    json!({
        "id": id, "name": name, "dry_run": is_rehearsal, "from_revn": from_revn, "revn": revn,
        "snapshot": snapshot.filter(|_| !is_rehearsal), "found": found, "changes": changes, "refused": refused,
        "left": left, "problems": problems,
    })
}

fn text(repaired: &Repaired, is_rehearsal: bool) -> String {
    let sum = |tallies: &[check::Tally]| tallies.iter().map(|one| one.count).sum::<i64>();
    let (found, left) = (sum(&repaired.found), sum(&repaired.left));
    let would = if is_rehearsal { "would be " } else { "" };
    let mut text = output::facts(&[
        ("file", format!("{} {:?}", repaired.id, repaired.name)),
        ("problems", found.to_string()),
        ("changes", format!("{} {would}applied", repaired.changes)),
        ("revision", format!("{} to {}", repaired.from_revn, repaired.revn)),
        ("left", left.to_string()),
    ]);
    if let Some(snapshot) = repaired.snapshot.filter(|_| !is_rehearsal) {
        text.push_str(&output::facts(&[("snapshot", snapshot.to_string())]));
    }
    if found == 0 {
        text.push_str("\nNothing is wrong.\n");
        return text;
    }
    text.push_str(&format!("\nFound:\n{}", tallies(&repaired.found)));
    if !repaired.refused.is_empty() {
        let rows: Vec<[String; 2]> = repaired.refused.iter().map(of_refused).collect();
        text.push_str(&format!("\nNot taken:\n{}", output::table(["ABOUT", "REASON"], &rows)));
    }
    if left > 0 {
        text.push_str(&format!("\nFor somebody to decide:\n{}", list(&repaired.problems, left)));
    }
    text
}

fn of_refused(refused: &Refused) -> [String; 2] {
    let id = refused.id.map_or_else(|| "-".to_owned(), |id| id.to_string());
    [id, refused.reason.clone()]
}
