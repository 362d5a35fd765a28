//! `atelier jobs stats`, `actions`.

use std::process::ExitCode;

use anyhow::Result;
use jobs::read::{self, QueueStats, WorkerShown};
use serde_json::json;

use super::switches;
use crate::{context::CommandContext, output, settings::DataDirArgs};

/// How every queue fares, and who works
///
/// Counts stop at 10000 (10000+).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    let found = ctx.with(&args.data_dir, async |app| {
        let queues = read::stats(&app.pool, &jobs::Queue::ALL.map(jobs::Queue::name)).await?;
        Ok((queues, read::workers(&app.pool).await?))
    });
    let (queues, workers) = found.await?;
    if args.json {
        ctx.print_json(&json!({"queues": queues, "workers": workers}))?;
    } else {
        ctx.print(&format!("{}\n{}", queue_table(&queues), worker_table(&workers)))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn queue_table(queues: &[QueueStats]) -> String {
    let rows: Vec<[String; 8]> = queues
        .iter()
        .map(|queue| {
            [
                queue.queue.clone(),
                queue.ready.to_string(),
                format!("{:.0} s", queue.oldest_ready_s),
                queue.scheduled.to_string(),
                format!("{} of {}", queue.running, queue.slots),
                queue.dead.to_string(),
                queue.done_last_hour.to_string(),
                switch_of(queue),
            ]
        })
        .collect();
    output::table(
        ["QUEUE", "READY", "OLDEST", "SCHEDULED", "RUNNING", "DEAD", "DONE IN 1 H", "CONTROL"],
        &rows,
    )
}

fn switch_of(queue: &QueueStats) -> String {
    let Some(control) = &queue.control else { return "-".to_owned() };
    let mut parts = vec![];
    if control.paused_at.is_some() {
        parts.push(format!("paused {}", switches::paused(control)));
    }
    parts.extend(control.limits.concurrency.map(|n| format!("at most {n} at once")));
    parts.extend(control.limits.rate.map(|rate| format!("at most {}", switches::rate_text(rate))));
    parts.join(", ")
}

fn worker_table(workers: &[WorkerShown]) -> String {
    if workers.is_empty() {
        return "no worker is there\n".to_owned();
    }
    let rows: Vec<[String; 5]> = workers
        .iter()
        .map(|worker| {
            let slots = worker.slots.as_object().into_iter().flatten();
            let slots: Vec<String> = slots.map(|(queue, n)| format!("{queue}={n}")).collect();
            let state = match (worker.lost, worker.draining) {
                (true, _) => "lost",
                (false, true) => "draining",
                (false, false) => "running",
            };
            [
                format!("{}:{}", worker.host, worker.pid),
                state.to_owned(),
                slots.join(" "),
                output::time(worker.started_at),
                output::time(worker.seen_at),
            ]
        })
        .collect();
    output::table(["WORKER", "STATE", "SLOTS", "STARTED", "LAST SEEN"], &rows)
}

/// What people did to jobs, queues and schedules, newest first
#[derive(Debug, clap::Args)]
pub(crate) struct Actions {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// At most so many
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=read::PAGE_MAX))]
    limit: i64,
    /// Only those before this one: the last number of the page before
    #[arg(long)]
    before: Option<i64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints them.
pub(crate) async fn actions(ctx: &CommandContext, args: Actions) -> Result<ExitCode> {
    let found =
        ctx.with(&args.data_dir, async |app| Ok(read::actions(&app.pool, args.before, args.limit).await?));
    let found = found.await?;
    if args.json {
        ctx.print_json(&found)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<[String; 6]> = found
        .iter()
        .map(|action| {
            [
                action.id.to_string(),
                output::time(action.at),
                action.who.clone(),
                action.action.clone(),
                action.target.to_string(),
                action.changed.to_string(),
            ]
        })
        .collect();
    ctx.print(&output::table(["ID", "TIME", "BY", "ACTION", "TARGET", "CHANGED"], &rows))?;
    Ok(ExitCode::SUCCESS)
}
