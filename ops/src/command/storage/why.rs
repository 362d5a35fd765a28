//! `atelier storage why`.

use std::{fmt::Write as _, process::ExitCode};

use anyhow::Result;
use dashboard::wording;
use domain::storage::why::{Link, Used, Why, why};
use entities::ids::StorageObjectId;
use serde_json::json;

use super::refusal::describe;
use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Tell why a blob is kept, or why it goes and when: its row, its bytes, and who refers to it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The blob
    id: StorageObjectId,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let found = ctx.with(&args.data_dir, async |app| why(app, args.id, app.now()).await.map_err(describe));
    let found = found.await?;
    if args.json {
        ctx.print_json(&json(&found))?
    } else {
        ctx.print(&text(&found))?
    }
    Ok(ExitCode::SUCCESS)
}

fn json(found: &Why) -> serde_json::Value {
    let Why { object, stored_bytes, copies, uses, goes_at, .. } = found;
    json!({
        "object": object, "stored_bytes": stored_bytes, "copies": copies, "uses": uses,
        "verdict": wording::verdict(found), "goes_at": goes_at,
    })
}

fn text(found: &Why) -> String {
    let object = &found.object;
    let stored = match found.stored_bytes {
        Some(bytes) if i64::try_from(bytes) == Ok(object.size) => "there".to_owned(),
        Some(bytes) => format!("damaged: {bytes} bytes instead of {}", object.size),
        None => "not there".to_owned(),
    };
    let mut facts = vec![
        ("ID", object.id.to_string()),
        ("bucket", object.bucket.to_string()),
        ("backend", object.backend.to_string()),
        ("size", format!("{} bytes", object.size)),
        ("type", object.content_type.clone()),
        ("SHA-256", object.sha256.clone()),
        ("state", object.state.to_string()),
        ("bytes", stored),
        ("created", output::time(object.created_at)),
        ("touched", output::time_or_dash(object.touched_at)),
        ("touched by", object.touched_by.as_deref().map_or_else(|| "-".to_owned(), wording::touched_by)),
        ("expires", output::time_or_dash(object.expired_at)),
        ("hidden", output::time_or_dash(object.hidden_at)),
        ("removed", output::time_or_dash(found.goes_at)),
    ];
    for copy in &found.copies {
        facts.push(("copy", format!("on {} until {}", copy.backend, output::time(copy.goes_at))));
    }
    let mut text = output::facts(&facts);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n{}", wording::verdict(found));
    for used in &found.uses {
        let _ = writeln!(text, "\n{}", of_use(used));
    }
    text
}

fn of_use(used: &Used) -> String {
    let purged = |at| format!(", purged at {}", output::time(at));
    let mut text = format!("{} {}{}", used.what, used.holder, used.gone_at.map(purged).unwrap_or_default());
    for (depth, Link { kind, id, name, deleted_at }) in used.chain.iter().enumerate() {
        let gone = deleted_at.map(purged).unwrap_or_default();
        let indent = "  ".repeat(depth + 1);
        let _ = write!(text, "\n{indent}in {kind} {name:?} {id}{gone}");
    }
    text
}
