//! `atelier jobs schedule`.

use std::process::ExitCode;

use anyhow::Result;
use jobs::{
    Waker,
    read::{self, ScheduleShown},
};

use crate::{context::CommandContext, output, settings::DataDirArgs};

/// What the clock starts: list it, pause an entry, let it go on, start it now
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Every entry with its next tick, and how its last job fared
    List {
        #[command(flatten)]
        data_dir: DataDirArgs,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// The clock starts it no more
    Pause(Entry),
    /// The clock starts it again
    Resume(Entry),
    /// Start it now, beside its ticks
    Run(Entry),
}

/// One entry
#[derive(Debug, clap::Args)]
struct Entry {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Its name, such as objects-gc
    name: String,
}

/// Does it.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List { data_dir, json } => list(ctx, &data_dir, json).await,
        Action::Pause(Entry { data_dir, name }) => {
            let changed = ctx.with(&data_dir, async |app| {
                Ok(jobs::admin::pause_schedule(&app.pool, &name, ctx.operator().name()).await?)
            });
            tell(ctx, &name, if changed.await? { "paused" } else { "was paused already" })
        }
        Action::Resume(Entry { data_dir, name }) => {
            let changed = ctx.with(&data_dir, async |app| {
                Ok(jobs::admin::resume_schedule(&app.pool, &name, ctx.operator().name()).await?)
            });
            tell(ctx, &name, if changed.await? { "resumed" } else { "was not paused" })
        }
        Action::Run(Entry { data_dir, name }) => {
            let id = ctx.with(&data_dir, async |app| {
                let id = jobs::admin::run_schedule(&app.pool, &name, ctx.operator().name()).await?;
                Waker::start(app).wake();
                Ok(id)
            });
            match id.await? {
                Some(id) => tell(ctx, &name, &format!("started as job {id}")),
                None => {
                    tell(ctx, &name, "the one of an earlier tick is not finished yet")?;
                    Ok(ExitCode::FAILURE)
                }
            }
        }
    }
}

fn tell(ctx: &CommandContext, name: &str, what: &str) -> Result<ExitCode> {
    ctx.print(&format!("{name}: {what}\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn list(ctx: &CommandContext, data_dir: &DataDirArgs, json: bool) -> Result<ExitCode> {
    let found = ctx.with(data_dir, async |app| Ok(read::schedules(&app.pool).await?)).await?;
    if json {
        ctx.print_json(&found)?;
    } else if found.is_empty() {
        ctx.print("no worker has written its schedule yet\n")?;
    } else {
        ctx.print(&table(&found))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(found: &[ScheduleShown]) -> String {
    let rows: Vec<[String; 6]> = found
        .iter()
        .map(|entry| {
            let next = match (&entry.paused_at, &entry.paused_by) {
                (Some(at), by) => {
                    format!("paused {} by {}", output::time(*at), by.as_deref().unwrap_or("somebody"))
                }
                (None, _) => output::time(entry.next_tick),
            };
            let last = entry.last_run.as_ref();
            [
                entry.name.clone(),
                entry.cron.clone(),
                next,
                output::time_or_dash(entry.last_tick),
                last.map_or_else(|| "-".to_owned(), |run| format!("{} (job {})", run.state, run.id)),
                last.and_then(|run| run.error.clone()).unwrap_or_default(),
            ]
        })
        .collect();
    output::table(["NAME", "CRON (UTC)", "NEXT RUN", "LAST RUN", "RESULT", "ERROR"], &rows)
}
