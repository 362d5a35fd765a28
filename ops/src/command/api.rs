//! `atelier api`: one of any number of API processes.

use std::process::ExitCode;

use anyhow::Result;
use platform::app::App;

use crate::{
    installation::{Database, refuse_outdated},
    output, role,
    settings::{Place, Settings},
};

/// Run one API process; any number of them share a database
///
/// The database must have every migration (`atelier migrate`). Several machines need PENPOT_DATABASE_URI,
/// PENPOT_REDIS_URI and the same PENPOT_SECRET_KEY.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    place: Place,
    /// The port to listen on; 0 takes a free one [default: $PENPOT_HTTP_SERVER_PORT, else 6060]
    #[arg(long)]
    port: Option<u16>,
}

/// Runs until a signal.
pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::of_role(&args.place, args.port)?;
    platform::log::init(&settings.config.log);
    let (settings, listener) = role::listen(settings).await?;
    let address = listener.local_addr()?;
    let database = Database::visit(&settings).await?;
    let app = App::connect(settings.config, &database.uri).await?;
    refuse_outdated(&app).await?;
    output::print(&format!("API on http://{address}\n"))?;
    let done = role::run(&app, Some(listener), None).await;
    app.pool.close().await;
    done.map(|()| ExitCode::SUCCESS)
}
