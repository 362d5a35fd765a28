//! `atelier worker`: one of any number of worker processes.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::Result;
use domain::instance::Participation;
use jobs::worker::WorkerConfig;
use platform::app::App;

use crate::{
    database::Database,
    installation::{join_installation, refuse_outdated},
    operator,
    role::{self, Prepared},
    settings::{DataDirArgs, Settings},
    shell::grammar::Grammar,
};

/// Run one worker process; any number of them share a database
///
/// The database must have every migration (`atelier migrate`). On SIGTERM it takes no more jobs and lets the running
/// ones end; at a second SIGTERM it gives them back with their attempt and ends at once, and at a third on the spot.
/// Meanwhile /readyz is 503 and /livez 200.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// A queue and how many of its jobs run at once; again for more queues
    /// [default: default, webhooks and media, as $PENPOT_WORKER_DEFAULT_PARALLELISM, $PENPOT_WORKER_WEBHOOK_PARALLELISM
    /// and $ATELIER_WORKER_MEDIA_PARALLELISM]
    #[arg(long = "queue", value_name = "NAME=SLOTS", value_parser = queue)]
    queues: Vec<(String, usize)>,
    /// Where to answer /livez, /readyz and /metrics; port 0 takes a free one
    /// [default: $ATELIER_WORKER_HOST:$ATELIER_WORKER_PORT, else 127.0.0.1:6062 or, when that is taken, a free port]
    #[arg(long, value_name = "HOST:PORT", value_parser = address)]
    listen: Option<SocketAddr>,
}

/// Runs until a signal.
pub(crate) async fn run(args: Args, grammar: Grammar) -> Result<ExitCode> {
    role::run(grammar, Box::pin(prepare(args))).await?;
    Ok(ExitCode::SUCCESS)
}

async fn prepare(args: Args) -> Result<Prepared> {
    let settings = Settings::of_role(&args.data_dir, None)?;
    let traces = platform::log::init_with_traces(&settings.config.log, &settings.config.traces);
    let listener = role::listen_for_health(args.listen, &settings).await?;
    let database = Database::visit(&settings).await?;
    let app = App::connect(settings.config, &database.uri).await?;
    refuse_outdated(&app).await?;
    join_installation(&app, Participation::LongRunning).await?;
    let mut config = WorkerConfig::of(&app, operator::here());
    if !args.queues.is_empty() {
        config.slots = args.queues;
    }
    let queues: Vec<String> = config.slots.iter().map(|(name, slots)| format!("{name}={slots}")).collect();
    let whereabouts =
        format!("Worker on {}\nHealth on http://{}/readyz\n", queues.join(", "), listener.local_addr()?);
    Ok(Prepared {
        app,
        database,
        api: None,
        dashboard: None,
        health: Some(listener),
        worker: Some(config),
        traces,
        whereabouts,
    })
}

/// `127.0.0.1:6062`
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "should be an IP address and a port, such as 127.0.0.1:6062 or [::1]:0".to_owned())
}

/// `default=8`
fn queue(text: &str) -> Result<(String, usize), String> {
    let parsed = text.split_once('=').and_then(|(name, slots)| Some((name, slots.parse::<usize>().ok()?)));
    let (name, slots) = parsed
        .filter(|(_, slots)| (1..=256).contains(slots))
        .ok_or("should be like default=8, with 1 to 256 slots")?;
    let names = jobs::Queue::ALL.map(jobs::Queue::name);
    if names.contains(&name) {
        Ok((name.to_owned(), slots))
    } else {
        Err(format!("there is no queue {name:?}: one of {}", names.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::{address, queue};

    #[test]
    fn queues_with_slots() {
        assert_eq!(queue("default=8"), Ok(("default".to_owned(), 8)));
        for wrong in ["", "default", "default=", "default=0", "default=257", "default=x", "attic=1", "=1"] {
            assert!(queue(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn addresses() {
        assert!(address("127.0.0.1:0").is_ok() && address("[::1]:6062").is_ok());
        for wrong in ["", "6062", ":6062", "localhost:6062", "127.0.0.1", "127.0.0.1:65536"] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }
}
