//! `atelier jobs show`.

use std::{fmt::Write as _, process::ExitCode};

use anyhow::{Context as _, Result};
use jobs::read::{self, Shown};

use crate::{context::CommandContext, output, settings::DataDirArgs};

/// Show one job: what it is for, where it stands, what it told, and why attempts failed
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Its number
    id: i64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let found = ctx.with(&args.data_dir, async |app| Ok(read::show(&app.pool, args.id).await?)).await?;
    let job = found.with_context(|| format!("there is no job {} (any more)", args.id))?;
    if args.json {
        ctx.print_json(&as_json(&job)?)?
    } else {
        ctx.print(&text(&job))?
    }
    Ok(ExitCode::SUCCESS)
}

/// With what it verifies, and whether that holds: not known before it is done, or was found not to hold.
fn as_json(job: &Shown) -> Result<serde_json::Value> {
    let mut json = serde_json::to_value(job)?;
    let verifies = jobs::entry(&job.kind).and_then(|entry| entry.post_condition);
    let refuted = job.errors.last().is_some_and(|failure| failure.error.starts_with("not so: "));
    let verified = verifies.and_then(|_| match job.state {
        read::State::Done => Some(true),
        _ => refuted.then_some(false),
    });
    json["verifies"] = verifies.into();
    json["verified"] = verified.into();
    Ok(json)
}

/// For people.
pub(super) fn text(job: &Shown) -> String {
    let mut facts = vec![
        ("id", job.id.to_string()),
        ("kind", job.kind.clone()),
        ("state", job.state.to_string()),
        ("queue", job.queue.clone()),
        ("attempt", format!("{} of {}", job.attempt, job.max_attempts)),
        ("priority", job.priority.to_string()),
        ("payload", job.payload.to_string()),
        ("enqueued", output::time(job.enqueued_at)),
        ("due", output::time(job.run_at)),
        ("started", output::time_or_dash(job.started_at)),
        ("ended", output::time_or_dash(job.finished_at)),
    ];
    if let Some((waited, ran)) = lasted(job) {
        facts.push(("waited", format!("{waited} ms")));
        facts.push(("ran", format!("{ran} ms")));
    }
    if job.housekeeping {
        facts.push(("waits", "for a quiet moment: housekeeping".to_owned()));
    }
    facts.extend(job.cancel_by.as_ref().map(|who| ("stopping", format!("{who} asked for its end"))));
    let verified = jobs::entry(&job.kind).and_then(|entry| entry.post_condition);
    facts.extend(verified.map(|what| ("verifies", what.to_owned())));
    facts.extend(job.tenant.map(|team| ("team", team.to_string())));
    facts.extend(job.origin.as_ref().map(|origin| ("asked by", origin.to_string())));
    facts.extend(job.trace_id().map(|trace| ("trace", trace.to_owned())));
    if job.clock_shift_ms != 0 {
        facts.push(("clock", format!("moved by {} s", job.clock_shift_ms / 1000)));
    }
    let mut text = output::facts(&facts);
    if let Some(progress) = &job.progress {
        let _ = writeln!(text, "\n{}", progress_text(progress));
    }
    for failure in &job.errors {
        let _ = writeln!(
            text,
            "\nattempt {} failed at {}{}:\n  {}",
            failure.attempt,
            output::time(failure.at),
            failure.ms.map(|ms| format!(" after {ms} ms")).unwrap_or_default(),
            failure.error
        );
    }
    text
}

/// Milliseconds between due and start, and between start and end.
fn lasted(job: &Shown) -> Option<(i64, i64)> {
    let (started, finished) = (job.started_at?, job.finished_at?);
    Some(((started - job.run_at).num_milliseconds().max(0), (finished - started).num_milliseconds().max(0)))
}

/// `{done, total, message, log: [{ms, text}]}`
fn progress_text(progress: &serde_json::Value) -> String {
    let mut lines = vec![];
    if let Some(done) = progress["done"].as_u64() {
        let total = progress["total"].as_u64().map(|total| format!(" of {total}")).unwrap_or_default();
        lines.push(format!("{done}{total} done  {}", progress["message"].as_str().unwrap_or_default()));
    }
    for line in progress["log"].as_array().into_iter().flatten() {
        lines.push(line["text"].as_str().unwrap_or_default().to_owned());
    }
    lines.join("\n")
}
