//! `atelier api`: one of any number of API processes.

use std::process::ExitCode;

use anyhow::Result;
use domain::instance::Participation;
use platform::app::App;

use crate::{
    database::Database,
    installation::{join_installation, refuse_outdated},
    role::{self, Prepared},
    settings::{DataDirArgs, Settings},
    shell::grammar::Grammar,
};

/// Run one API process; any number of them share a database
///
/// The database must have every migration (`atelier migrate`). Several machines need PENPOT_DATABASE_URI,
/// PENPOT_REDIS_URI and the same PENPOT_SECRET_KEY.
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
    let (settings, listener) = role::listen(settings).await?;
    let whereabouts = format!("API on http://{}\n", listener.local_addr()?);
    let database = Database::visit(&settings).await?;
    let app = App::connect(settings.config, &database.uri).await?;
    refuse_outdated(&app).await?;
    join_installation(&app, Participation::LongRunning).await?;
    Ok(Prepared {
        app,
        database,
        api: Some(listener),
        dashboard: None,
        health: None,
        worker: None,
        traces,
        whereabouts,
    })
}
