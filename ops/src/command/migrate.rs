//! `atelier migrate`: the database up to date.

use std::process::ExitCode;

use anyhow::{Result, bail};
use domain::instance;
use platform::app::App;

use crate::{
    database::Database,
    installation::{close_pool, migrate, missing_migrations},
    operator, output,
    settings::{DataDirArgs, Settings},
};

/// Bring the database up to date
///
/// Applies what is missing, all or nothing. Any number of processes may do it at once. API and worker processes of
/// the release before keep working on the new tables. Then documents that the release before wrote whole become rows,
/// one by one; it may be stopped and started again.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Only tell what is missing; the exit status is 1 when something is
    #[arg(long)]
    check: bool,
    /// Take this PENPOT_SECRET_KEY from now on; sessions and links in mails made with another one end
    #[arg(long, conflicts_with = "check")]
    accept_secret: bool,
}

/// Migrates or tells.
pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::of_command(&args.data_dir)?;
    platform::log::init(&settings.config.log);
    let database = Database::open(&settings).await?;
    let done = bring_up(settings, &database, &args).await;
    let closed = database.close().await;
    let code = done?;
    closed?;
    Ok(code)
}

async fn bring_up(settings: Settings, database: &Database, args: &Args) -> Result<ExitCode> {
    let app = App::connect(settings.config, &database.uri).await?;
    let missing = missing_migrations(&app).await?;
    if args.check && !missing.is_empty() {
        output::print(&format!("missing: {}\n", missing.join(", ")))?;
        return Ok(ExitCode::FAILURE);
    }
    let documents = if args.check { 0 } else { migrate(&app).await? };
    match missing.as_slice() {
        [] => output::print("nothing is missing\n")?,
        missing => output::print(&format!("applied: {}\n", missing.join(", ")))?,
    }
    if documents > 0 {
        output::print(&format!("documents that are rows now: {documents}\n"))?;
    }
    if args.accept_secret {
        if app.config.auth.secret_key.is_none() {
            bail!("--accept-secret: PENPOT_SECRET_KEY is not set, and the data directory has none");
        }
        instance::accept_secret(&app, &operator::here()).await?;
        output::print("the secret key is accepted\n")?;
    }
    close_pool(&app).await;
    Ok(ExitCode::SUCCESS)
}
