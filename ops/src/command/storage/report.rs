//! `atelier storage report`.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use dashboard::wording;
use domain::storage::scrub::{self, FINDINGS_MAX, Finding, Scrub, Tally};
use platform::app::App;
use serde_json::json;

use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Findings that are printed for people.
const SHOWN_MAX: u64 = 50;

/// Tell what a scrub found
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The scrub, by the number of its job; the last one when left out
    id: Option<i64>,
    /// List the last scrubs instead
    #[arg(long, conflicts_with_all = ["id", "csv"])]
    list: bool,
    /// Print JSON, with every finding
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print every finding as a line of CSV
    #[arg(long)]
    csv: bool,
}

/// Prints it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    ctx.with(&args.data_dir, async |app| {
        if args.list {
            let scrubs = scrub::list(&app.db).await?;
            return if args.json { ctx.print_json(&scrubs) } else { ctx.print(&of_scrubs(&scrubs)) };
        }
        if args.csv {
            return csv(ctx, app, args.id).await;
        }
        if args.json {
            let scrub = known(app, args.id).await?;
            let tallies = scrub::tally(&app.db, scrub.id).await?;
            let findings: Vec<Finding> = all(app, scrub.id).await?.into_iter().map(with_words).collect();
            return ctx.print_json(&json!({"scrub": scrub, "found": tallies, "findings": findings}));
        }
        print(ctx, app, args.id).await
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the report of one scrub, or of the last, for people.
pub(super) async fn print(ctx: &CommandContext, app: &App, id: Option<i64>) -> Result<()> {
    let scrub = known(app, id).await?;
    let tallies = scrub::tally(&app.db, scrub.id).await?;
    let findings = scrub::findings(&app.db, scrub.id, None, SHOWN_MAX).await?;
    ctx.print(&text(&scrub, &tallies, &findings))
}

async fn known(app: &App, id: Option<i64>) -> Result<Scrub> {
    let found = scrub::latest(&app.db, id).await?;
    found.context("there is no such scrub (any more): `atelier storage scrub` begins one")
}

async fn all(app: &App, scrub: i64) -> Result<Vec<Finding>> {
    let mut found: Vec<Finding> = vec![];
    loop {
        let page = scrub::findings(&app.db, scrub, found.last(), FINDINGS_MAX).await?;
        if page.is_empty() {
            return Ok(found);
        }
        found.extend(page);
    }
}

/// For whoever reads the output, in place of the codes of its row.
fn with_words(finding: Finding) -> Finding {
    Finding { detail: wording::detail(&finding), repair: wording::repair(&finding), ..finding }
}

async fn csv(ctx: &CommandContext, app: &App, id: Option<i64>) -> Result<()> {
    let scrub = known(app, id).await?;
    let mut lines = String::from("object_id,backend,kind,size,detail,found_at,repair\n");
    for one in all(app, scrub.id).await?.into_iter().map(with_words) {
        let cells = [
            one.object_id.to_string(),
            one.backend,
            one.kind.to_string(),
            one.size.to_string(),
            one.detail,
            one.found_at.to_rfc3339(),
            one.repair.unwrap_or_default(),
        ];
        lines.push_str(&cells.map(|cell| quoted(&cell)).join(","));
        lines.push('\n');
    }
    ctx.print(&lines)
}

/// As RFC 4180 has it, where it must be.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn of_scrubs(scrubs: &[Scrub]) -> String {
    let rows: Vec<[String; 6]> = scrubs
        .iter()
        .map(|scrub| {
            [
                scrub.id.to_string(),
                output::time(scrub.started_at),
                output::time_or_dash(scrub.finished_at),
                scrub.phase.clone(),
                scrub.rows_seen.to_string(),
                scrub.blobs_seen.to_string(),
            ]
        })
        .collect();
    output::table(["ID", "STARTED", "FINISHED", "PHASE", "ROWS", "BLOBS"], &rows)
}

fn text(scrub: &Scrub, tallies: &[Tally], findings: &[Finding]) -> String {
    let mut text = output::facts(&[
        ("scrub", scrub.id.to_string()),
        ("started", output::time(scrub.started_at)),
        ("finished", output::time_or_dash(scrub.finished_at)),
        ("deep", if scrub.is_deep { "yes" } else { "no" }.to_owned()),
        ("repairs", if scrub.repairs.is_empty() { "none".to_owned() } else { scrub.repairs.join(", ") }),
        ("rows", scrub.rows_seen.to_string()),
        ("bytes read", scrub.bytes_seen.to_string()),
        ("blobs", scrub.blobs_seen.to_string()),
    ]);
    if tallies.is_empty() {
        text.push_str("\nNothing is wrong.\n");
        return text;
    }
    let rows: Vec<[String; 4]> = tallies
        .iter()
        .map(|one| {
            [one.kind.to_string(), one.count.to_string(), one.bytes.to_string(), one.repaired.to_string()]
        })
        .collect();
    text.push('\n');
    text.push_str(&output::table(["KIND", "COUNT", "SIZE", "REPAIRED"], &rows));
    let rows: Vec<[String; 5]> = findings
        .iter()
        .map(|one| {
            let repair = wording::repair(one).unwrap_or_else(|| "-".to_owned());
            [
                one.object_id.to_string(),
                one.backend.clone(),
                one.kind.to_string(),
                wording::detail(one),
                repair,
            ]
        })
        .collect();
    text.push('\n');
    text.push_str(&output::table(["ID", "BACKEND", "KIND", "DETAIL", "REPAIR"], &rows));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        assert_eq!(quoted("plain text"), "plain text");
        assert_eq!(quoted("a, \"b\""), "\"a, \"\"b\"\"\"");
    }
}
