//! `atelier storage gc`.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, Result};
use dashboard::wording;
use domain::{
    instance::Participation,
    storage::plan::{self, Action, Item, Outcome, Plan},
};
use serde::Serialize;
use serde_json::json;

use super::refusal::describe;
use crate::{
    context::CommandContext, installation::join_installation, output, settings::DataDirArgs,
    time_arg::TimeArg,
};

/// Rows of a plan that are printed for people.
const SHOWN_MAX: usize = 50;

/// Tell what the sweeps of blobs would do, or do exactly what a plan says
///
/// `gc --dry-run --json >plan.json` writes the plan, `gc --apply plan.json` carries it out. A blob whose situation is
/// no longer that of the plan is refused. The sweeps themselves run as jobs every hour.
#[derive(Debug, clap::Args)]
#[group(id = "what", required = true, multiple = false, args = ["dry_run", "apply"])]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Only tell; change nothing
    #[arg(long)]
    dry_run: bool,
    /// The plan to carry out
    #[arg(long, value_name = "FILE")]
    apply: Option<PathBuf>,
    /// Tell what would go at another moment, such as +8d
    #[arg(long, value_name = "MOMENT", allow_hyphen_values = true, conflicts_with = "apply")]
    now: Option<TimeArg>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the plan, or what became of it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match &args.apply {
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            let plan: Plan = serde_json::from_str(&text)
                .with_context(|| format!("{} is no plan of `gc --dry-run --json`", path.display()))?;
            apply(ctx, &args, plan).await
        }
        None => dry_run(ctx, &args).await,
    }
}

async fn dry_run(ctx: &CommandContext, args: &Args) -> Result<ExitCode> {
    let plan = ctx.with(&args.data_dir, async |app| {
        let now = app.now();
        let at = args.now.map_or(now, |time| time.at(now));
        plan::make(&app.db, at).await.map_err(describe)
    });
    let plan = plan.await?;
    if args.json {
        ctx.print_json(&plan_json(&plan))?
    } else {
        ctx.print(&of_plan(&plan))?
    }
    Ok(ExitCode::SUCCESS)
}

/// The plan with why each item would go: for whoever reads the file, `--apply` does not.
fn plan_json(plan: &Plan) -> serde_json::Value {
    let items: Vec<Explained<'_>> =
        plan.items.iter().map(|item| Explained { item, why: wording::cause(item) }).collect();
    json!({"at": plan.at, "seen": plan.seen, "is_cut": plan.is_cut, "items": items})
}

#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    item: &'a Item,
    why: String,
}

fn of_plan(plan: &Plan) -> String {
    let mut text =
        format!("At {}, of {} blobs that are due to be looked at:\n", output::time(plan.at), plan.seen);
    for (action, words) in [
        (Action::Hide, "hidden, to go after their time of grace"),
        (Action::GiveUp, "given up: uploads that never ended"),
        (Action::Remove, "removed for good"),
    ] {
        let (count, bytes) = plan.total(action);
        text.push_str(&format!("{count:>8}  {bytes:>14} bytes  {words}\n"));
    }
    let rows: Vec<[String; 4]> = plan
        .items
        .iter()
        .take(SHOWN_MAX)
        .map(|item| {
            [item.id.to_string(), item.bucket.to_string(), item.bytes.to_string(), wording::cause(item)]
        })
        .collect();
    if !rows.is_empty() {
        text.push('\n');
        text.push_str(&output::table(["ID", "BUCKET", "SIZE", "REASON"], &rows));
    }
    if plan.items.len() > SHOWN_MAX || plan.is_cut {
        text.push_str("… and more: --json lists them\n");
    }
    text
}

async fn apply(ctx: &CommandContext, args: &Args, plan: Plan) -> Result<ExitCode> {
    let outcomes = ctx.with(&args.data_dir, async |app| {
        join_installation(app, Participation::OneOff).await?;
        tracing::info!(
            who = ctx.operator().name(),
            items = plan.items.len(),
            "a plan of the sweeps is carried out"
        );
        plan::apply(app, ctx.operator(), &plan.items, app.now()).await.map_err(describe)
    });
    let outcomes = outcomes.await?;
    let refused = outcomes.iter().filter(|outcome| outcome.refused.is_some()).count();
    let done = outcomes.len() - refused;
    if args.json {
        ctx.print_json(&json!({"done": done, "refused": refused, "outcomes": as_json(&outcomes)}))?;
    } else {
        ctx.print(&of_outcomes(&outcomes, done, refused))?;
    }
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn as_json(outcomes: &[Outcome]) -> Vec<serde_json::Value> {
    let one = |Outcome { id, action, refused }: &Outcome| {
        let refused = refused.map(wording::refusal);
        json!({"id": id, "action": action, "refused": refused})
    };
    outcomes.iter().map(one).collect()
}

fn of_outcomes(outcomes: &[Outcome], done: usize, refused: usize) -> String {
    let mut text = format!("{done} done, {refused} refused\n");
    let stay = outcomes.iter().filter_map(|outcome| Some((outcome.id, outcome.refused?)));
    let rows: Vec<[String; 2]> =
        stay.map(|(id, why)| [id.to_string(), wording::refusal(why)]).take(SHOWN_MAX).collect();
    if !rows.is_empty() {
        text.push('\n');
        text.push_str(&output::table(["ID", "REASON"], &rows));
    }
    text
}
