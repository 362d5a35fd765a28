//! `atelier dashboard`: the dashboard on an address of its own.

use std::{net::SocketAddr, process::ExitCode};

use anyhow::{Context as _, Result};
use domain::instance::Participation;
use platform::app::App;
use tokio::net::TcpListener;

use crate::{
    database::Database,
    installation::{join_installation, refuse_outdated},
    role::{self, Prepared},
    settings::{DataDirArgs, Settings},
    shell::grammar::Grammar,
};

/// Show the dashboard on an address of its own
///
/// API processes show it too, under /admin, unless PENPOT_FLAGS has disable-dashboard. Whoever is named in
/// PENPOT_ADMINS can sign in and act; whoever is named in ATELIER_ADMIN_READERS can look.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:6063")]
    listen: SocketAddr,
}

/// Runs until a signal.
pub(crate) async fn run(args: Args, grammar: Grammar) -> Result<ExitCode> {
    role::run(grammar, Box::pin(prepare(args))).await?;
    Ok(ExitCode::SUCCESS)
}

async fn prepare(args: Args) -> Result<Prepared> {
    let settings = Settings::of_role(&args.data_dir, None)?;
    let traces = platform::log::init_with_traces(&settings.config.log, &settings.config.traces);
    let listener = TcpListener::bind(args.listen).await;
    let listener = listener.with_context(|| format!("--listen: {} cannot be listened on", args.listen))?;
    let whereabouts = format!("Dashboard on http://{}{}\n", listener.local_addr()?, dashboard::PATH);
    let database = Database::visit(&settings).await?;
    let app = App::connect(settings.config, &database.uri).await?;
    refuse_outdated(&app).await?;
    join_installation(&app, Participation::LongRunning).await?;
    Ok(Prepared {
        app,
        database,
        api: None,
        dashboard: Some(listener),
        health: None,
        worker: None,
        traces,
        whereabouts,
    })
}
