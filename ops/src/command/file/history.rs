//! `atelier file history`.

use std::process::ExitCode;

use anyhow::Result;
use domain::admin::file::{self, Applied, History, SnapshotRow};
use entities::ids::FileId;

use super::refusal::describe;
use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Tell what was done to a file in the last hour and by whom, and its snapshots
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The file
    id: FileId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let history =
        ctx.with(&args.data_dir, async |app| file::history(app, args.id, app.now()).await.map_err(describe));
    let history = history.await?;
    if args.json {
        ctx.print_json(&history)?
    } else {
        ctx.print(&text(&history))?
    }
    Ok(ExitCode::SUCCESS)
}

fn text(history: &History) -> String {
    let mut text = output::facts(&[
        ("file", history.id.to_string()),
        ("name", history.name.clone()),
        ("revision", history.revn.to_string()),
    ]);
    if history.changes.is_empty() {
        text.push_str("\nNobody changed it in the last hour.\n");
    } else {
        let rows: Vec<[String; 6]> = history.changes.iter().map(of_batch).collect();
        let heads = ["REVISION", "CREATED", "WHO", "SESSION", "BYTES", "CHANGES"];
        text.push_str(&format!("\nChanges of the last hour:\n{}", output::table(heads, &rows)));
    }
    if !history.snapshots.is_empty() {
        let rows: Vec<[String; 7]> = history.snapshots.iter().map(of_snapshot).collect();
        let heads = ["REVISION", "CREATED", "LABEL", "BY", "WHO", "LOCKED", "PURGED"];
        text.push_str(&format!("\nSnapshots:\n{}", output::table(heads, &rows)));
    }
    text
}

fn of_batch(batch: &Applied) -> [String; 6] {
    let count = |(name, count): (&String, &u64)| format!("{count} {name}");
    let changes = match &batch.types {
        Some(types) if types.is_empty() => "none".to_owned(),
        Some(types) => types.iter().map(count).collect::<Vec<_>>().join(", "),
        None => "too many to tell".to_owned(),
    };
    [
        batch.revn.to_string(),
        output::time(batch.created_at),
        batch.email.clone().unwrap_or_else(|| batch.profile_id.to_string()),
        batch.session_id.to_string(),
        batch.bytes.to_string(),
        changes,
    ]
}

fn of_snapshot(snapshot: &SnapshotRow) -> [String; 7] {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    [
        snapshot.revn.to_string(),
        output::time(snapshot.created_at),
        snapshot.label.clone(),
        snapshot.created_by.to_string(),
        or_dash(&snapshot.email),
        or_dash(&snapshot.locked_by),
        output::time_or_dash(snapshot.deleted_at),
    ]
}
