//! `atelier jobs retry`, `cancel`, `discard`, `run-now`, `prioritise`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use jobs::{
    Waker,
    admin::{Action, Target},
    read,
};
use platform::app::App;
use serde_json::json;

use super::filter::FilterArgs;
use crate::{context::CommandContext, settings::DataDirArgs};

/// A dry run counts up to here.
const COUNT_MAX: i64 = 1_000_000;

/// Jobs by number, or all that match
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Their numbers
    ids: Vec<i64>,
    #[command(flatten)]
    choice: FilterArgs,
    /// Only tell how many would be changed
    #[arg(long)]
    dry_run: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// With the priority they get
#[derive(Debug, clap::Args)]
pub(crate) struct Prioritise {
    #[command(flatten)]
    args: Args,
    /// Higher runs first
    #[arg(long, value_parser = clap::value_parser!(i16).range(0..=i64::from(jobs::admin::PRIORITY_MAX)))]
    priority: i16,
}

/// Does it, and tells how many.
pub(crate) async fn prioritise(ctx: &CommandContext, args: Prioritise) -> Result<ExitCode> {
    run(ctx, args.args, Action::Prioritise(args.priority)).await
}

/// Does it, and tells how many.
pub(crate) async fn run(ctx: &CommandContext, args: Args, action: Action) -> Result<ExitCode> {
    check(&args, action)?;
    let Args { data_dir, ids, choice, dry_run, json, .. } = args;
    ctx.with(&data_dir, async |app| {
        let target = if ids.is_empty() {
            Target::Matching(choice.filter(app.now()))
        } else {
            Target::Ids(ids.clone())
        };
        let changed = if dry_run {
            jobs::admin::count(&app.pool, action, &target, COUNT_MAX).await?
        } else {
            let changed = jobs::admin::apply(&app.pool, action, &target, ctx.operator().name()).await?;
            Waker::start(app).wake();
            i64::try_from(changed)?
        };
        tell(ctx, action, changed, dry_run, json)?;
        if changed == 0 && !ids.is_empty() {
            explain(ctx, app, action, &ids).await?;
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    })
    .await
}

fn check(args: &Args, action: Action) -> Result<()> {
    match (args.ids.is_empty(), args.choice.is_empty()) {
        (true, true) => {
            bail!("say which jobs: their numbers, or a choice such as --kind send-mail or --state dead")
        }
        (false, false) => bail!("say which jobs by their numbers or by a choice, not by both"),
        _ => {}
    }
    let wrong = args.choice.states().iter().find(|state| !action.applies_to().contains(state));
    if let Some(state) = wrong {
        bail!("--state {state}: {} is for jobs that are {}", action.name(), states(action));
    }
    Ok(())
}

fn states(action: Action) -> String {
    action.applies_to().iter().map(|state| state.name()).collect::<Vec<_>>().join(", ")
}

fn tell(ctx: &CommandContext, action: Action, changed: i64, dry_run: bool, json: bool) -> Result<()> {
    if json {
        return ctx.print_json(&json!({"action": action.name(), "changed": changed, "dry_run": dry_run}));
    }
    let jobs = if changed == 1 { "1 job".to_owned() } else { format!("{changed} jobs") };
    let done = match action {
        Action::Cancel => "cancelled",
        Action::Retry => "made ready again",
        Action::Discard => "discarded",
        Action::RunNow => "made ready now",
        Action::Prioritise(_) => "given another priority",
    };
    match (dry_run, changed) {
        (true, _) => ctx.print(&format!("{jobs} would be {done}\n")),
        (false, 1) => ctx.print(&format!("{jobs} was {done}\n")),
        (false, _) => ctx.print(&format!("{jobs} were {done}\n")),
    }
}

/// Why nothing was done.
async fn explain(ctx: &CommandContext, app: &App, action: Action, ids: &[i64]) -> Result<()> {
    for id in ids {
        match read::show(&app.pool, *id).await? {
            None => ctx.note(&format!("{id}: there is no such job (any more)")),
            Some(job) if action.applies_to().contains(&job.state) => match job.unique_key {
                Some(key) => ctx.note(&format!(
                    "{id}: it is {}; an unfinished job with its key {key:?} is there",
                    job.state
                )),
                None => ctx.note(&format!("{id}: it is {}; somebody was faster", job.state)),
            },
            Some(job) => {
                ctx.note(&format!(
                    "{id}: it is {}; {} is for jobs that are {}",
                    job.state,
                    action.name(),
                    states(action)
                ));
            }
        }
    }
    Ok(())
}
