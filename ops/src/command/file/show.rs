//! `atelier file show`.

use std::process::ExitCode;

use anyhow::Result;
use domain::admin::file::{self, Shown};
use entities::ids::FileId;

use super::refusal::describe;
use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Pages that are printed for people.
const PAGES_SHOWN_MAX: usize = 50;

/// Tell what is in a file: pages, shapes by type, bytes, revisions, snapshots, and who edits it
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
    let shown =
        ctx.with(&args.data_dir, async |app| file::show(app, args.id, app.now()).await.map_err(describe));
    let shown = shown.await?;
    if args.json {
        ctx.print_json(&shown)?
    } else {
        ctx.print(&text(&shown))?
    }
    Ok(ExitCode::SUCCESS)
}

fn text(shown: &Shown) -> String {
    let shapes: i64 = shown.shapes.iter().map(|(_, count)| count).sum();
    let mut text = output::facts(&[
        ("file", shown.id.to_string()),
        ("name", shown.name.clone()),
        ("created", output::time(shown.created_at)),
        ("modified", output::time(shown.modified_at)),
        ("purged", output::time_or_dash(shown.deleted_at)),
        ("library", if shown.is_shared { "yes" } else { "no" }.to_owned()),
        ("revision", shown.revn.to_string()),
        ("version mark", shown.vern.to_string()),
        ("data model", shown.version.to_string()),
        ("features", shown.features.join(", ")),
        ("pages", shown.pages.len().to_string()),
        ("shapes", shapes.to_string()),
        ("bytes", shown.bytes.to_string()),
        ("kept for snapshots", format!("{} parts, {} bytes", shown.archived_parts, shown.archived_bytes)),
        (
            "snapshots",
            format!("{} of people, {} of the system", shown.user_snapshots, shown.system_snapshots),
        ),
    ]);
    if !shown.is_rows {
        text.push_str("\nIts document is not rows yet: `atelier migrate` makes it so.\n");
    }
    sections(shown, &mut text);
    text
}

fn sections(shown: &Shown, text: &mut String) {
    let mut add = |heading: &str, table: String| text.push_str(&format!("\n{heading}\n{table}"));
    if !shown.shapes.is_empty() {
        let rows: Vec<[String; 2]> =
            shown.shapes.iter().map(|(name, count)| [name.clone(), count.to_string()]).collect();
        add("Shapes:", output::table(["TYPE", "COUNT"], &rows));
    }
    if !shown.pages.is_empty() {
        let page = |page: &file::PageContents| {
            let name = page.name.clone().unwrap_or_else(|| "-".to_owned());
            [page.id.to_string(), name, page.count.to_string(), page.bytes.to_string()]
        };
        let rows: Vec<[String; 4]> = shown.pages.iter().take(PAGES_SHOWN_MAX).map(page).collect();
        add("Pages:", output::table(["ID", "NAME", "SHAPES", "BYTES"], &rows));
    }
    if !shown.library.is_empty() {
        let kind =
            |one: &file::LibraryCount| [one.kind.to_owned(), one.count.to_string(), one.bytes.to_string()];
        let rows: Vec<[String; 3]> = shown.library.iter().map(kind).collect();
        add("In the file itself:", output::table(["KIND", "COUNT", "BYTES"], &rows));
    }
    if !shown.editors.is_empty() {
        let editor = |one: &file::Editor| {
            let who = one.email.clone().unwrap_or_else(|| one.profile_id.to_string());
            [who, one.batches.to_string(), one.sessions.to_string(), output::time(one.last_at)]
        };
        let rows: Vec<[String; 4]> = shown.editors.iter().map(editor).collect();
        add("Edited in the last hour by:", output::table(["WHO", "BATCHES", "SESSIONS", "LAST"], &rows));
    }
}
