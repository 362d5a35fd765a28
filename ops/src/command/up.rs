//! `atelier up`: everything in one process.

use std::{fmt::Write as _, process::ExitCode};

use anyhow::{Result, bail};
use api::http::mailbox;
use domain::instance::Participation;
use jobs::worker::WorkerConfig;
use platform::app::App;

use crate::{
    database::Database,
    installation::{join_installation, migrate},
    operator,
    role::{self, Prepared},
    settings::{DataDirArgs, Settings},
    shell::grammar::Grammar,
};

/// Run API and worker in one process, on a private database unless PENPOT_DATABASE_URI is set
///
/// Makes what is missing (data directory, secret key, database, tables), prints where everything is, then `ready`.
/// Stops cleanly on ^C and SIGTERM; at a second one it gives running jobs back and ends at once. After a crash, the
/// next start takes up what is there.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// The port to listen on; 0 takes a free one [default: $PENPOT_HTTP_SERVER_PORT, else 6060]
    #[arg(long)]
    port: Option<u16>,
}

/// Runs until a signal.
pub(crate) async fn run(args: Args, grammar: Grammar) -> Result<ExitCode> {
    role::run(grammar, Box::pin(prepare(args))).await?;
    Ok(ExitCode::SUCCESS)
}

async fn prepare(args: Args) -> Result<Prepared> {
    let settings = Settings::of_role(&args.data_dir, args.port)?;
    let traces = platform::log::init_with_traces(&settings.config.log, &settings.config.traces);
    let Some(lock) = settings.data_dir.lock()? else {
        let (path, pid) = (settings.data_dir.path().display(), settings.data_dir.holder());
        bail!("process {pid} runs on {path} already: stop it, or take another --data-dir");
    };
    let (settings, listener) = role::listen(settings).await?;
    settings.keep()?;
    let database = Database::own(&settings, lock).await?;
    let app = App::connect(settings.config, &database.uri).await?;
    migrate(&app).await?;
    join_installation(&app, Participation::LongRunning).await?;
    let worker = WorkerConfig::of(&app, operator::here());
    // Switched off, or without slots: others do the work.
    let works = app.config.flags.has("backend-worker") && worker.slots.iter().any(|(_, slots)| *slots > 0);
    let whereabouts = whereabouts(&app, &database, works);
    Ok(Prepared {
        app,
        database,
        api: Some(listener),
        dashboard: None,
        health: None,
        worker: works.then_some(worker),
        traces,
        whereabouts,
    })
}

/// Where everything is.
fn whereabouts(app: &App, database: &Database, works: bool) -> String {
    let config = &app.config;
    let address = format!("http://{}", std::net::SocketAddr::new(config.http.host, config.http.port));
    let database = database.private.clone().unwrap_or_else(|| "as PENPOT_DATABASE_URI says".to_owned());
    let mut text = format!("Atelier {}\n\n", env!("CARGO_PKG_VERSION"));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<10}{value}");
    };
    line("API", &format!("{address}/api/main/methods"));
    line("Methods", &format!("{address}/api/main/doc"));
    line("Health", &format!("{address}/readyz"));
    line("Metrics", &format!("{address}/metrics"));
    if mailbox::is_open(app) {
        line("Mail", &format!("{address}/dev/mail ({})", app.mailer.describe()));
    } else {
        line("Mail", &app.mailer.describe());
    }
    if config.flags.has("dashboard") {
        line("Dashboard", &format!("{address}{} (for PENPOT_ADMINS)", dashboard::PATH));
    }
    line("Data", &config.data_dir.display().to_string());
    line("Database", &database);
    line("Blobs", &app.storage_name());
    line("Jobs", if works { "in this process" } else { "in others: run `atelier worker`" });
    line("Messages", if app.bus.is_shared() { "Redis" } else { "in process" });
    text.push('\n');
    text
}
