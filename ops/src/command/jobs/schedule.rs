//! `atelier jobs schedule`.

use std::process::ExitCode;

use anyhow::Result;
use jobs::{
    Waker,
    read::{self, ScheduleShown},
};

use crate::{output, seat::Seat, settings::Place};

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
        place: Place,
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
    place: Place,
    /// Its name, such as objects-gc
    name: String,
}

/// Does it.
pub(crate) async fn run(seat: &Seat, args: Args) -> Result<ExitCode> {
    match args.action {
        Action::List { place, json } => list(seat, &place, json).await,
        Action::Pause(Entry { place, name }) => {
            let changed = seat.with(&place, async |app| {
                Ok(jobs::admin::pause_schedule(&app.pool, &name, seat.operator().name()).await?)
            });
            tell(seat, &name, if changed.await? { "paused" } else { "was paused already" })
        }
        Action::Resume(Entry { place, name }) => {
            let changed = seat.with(&place, async |app| {
                Ok(jobs::admin::resume_schedule(&app.pool, &name, seat.operator().name()).await?)
            });
            tell(seat, &name, if changed.await? { "resumed" } else { "was not paused" })
        }
        Action::Run(Entry { place, name }) => {
            let id = seat.with(&place, async |app| {
                let id = jobs::admin::run_schedule(&app.pool, &name, seat.operator().name()).await?;
                Waker::start(app).wake();
                Ok(id)
            });
            match id.await? {
                Some(id) => tell(seat, &name, &format!("started as job {id}")),
                None => {
                    tell(seat, &name, "the one of an earlier tick is not finished yet")?;
                    Ok(ExitCode::FAILURE)
                }
            }
        }
    }
}

fn tell(seat: &Seat, name: &str, what: &str) -> Result<ExitCode> {
    seat.print(&format!("{name}: {what}\n"))?;
    Ok(ExitCode::SUCCESS)
}

async fn list(seat: &Seat, place: &Place, json: bool) -> Result<ExitCode> {
    let found = seat.with(place, async |app| Ok(read::schedules(&app.pool).await?)).await?;
    if json {
        seat.print_json(&found)?;
    } else if found.is_empty() {
        seat.print("no worker has written its schedule yet\n")?;
    } else {
        seat.print(&table(&found))?;
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
