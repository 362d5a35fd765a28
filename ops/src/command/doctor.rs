//! `atelier doctor`: asks everything outside whether it works.

use std::{fmt::Write as _, net::SocketAddr, path::Path, process::ExitCode, time::Instant};

use anyhow::Result;
use platform::{
    app::{App, Check},
    config::Config,
    db,
};
use serde_json::json;

use super::ready;
use crate::{
    database::Database,
    installation::close_pool,
    settings::{DataDirArgs, Settings},
};

use crate::context::CommandContext;

/// Check everything outside: database, message bus, blobs, mail
///
/// Says in words what is wrong; the exit status is 1 when something is. Writes, reads and deletes a small blob in
/// every configured backend, and logs in to the mail server; sends nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    data_dir: DataDirArgs,
    /// Also list every setting with its value; secrets are hidden
    #[arg(long)]
    settings: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Only ask the process at this address whether it is ready for calls or jobs; nothing else is looked at
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["settings", "json"])]
    ready: Option<SocketAddr>,
}

/// Examines, and tells.
pub(crate) async fn run(ctx: &CommandContext, args: Args) -> Result<ExitCode> {
    if let Some(address) = args.ready {
        return ready::ask(address).await;
    }
    if ctx.instance().is_some() {
        let data_dir = args.data_dir.clone();
        return ctx.with(&data_dir, async |app| tell(ctx, &args, &app.config, &of_instance(app).await)).await;
    }
    let settings = Settings::of_command(&args.data_dir)?;
    platform::log::init(&settings.config.log);
    let config = settings.config.clone();
    let checks = match Database::open(&settings).await {
        Ok(database) => {
            let checks = examine(&config, &database).await;
            database.close().await?;
            checks
        }
        // The rest can be looked at all the same.
        Err(error) => without_database(&config, format!("{error:#}")).await,
    };
    tell(ctx, &args, &config, &checks)
}

fn tell(ctx: &CommandContext, args: &Args, config: &Config, checks: &[Check]) -> Result<ExitCode> {
    if args.json {
        ctx.print_json(&as_json(config, checks, args.settings))?;
    } else {
        ctx.print(&as_text(config, checks, args.settings))?;
    }
    let well = checks.iter().all(|check| check.result.is_ok());
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// From the inside, over the connections that it has.
async fn of_instance(app: &App) -> Vec<Check> {
    let asked = Instant::now();
    let asking = sqlx::query_scalar::<_, String>("select current_setting('server_version')");
    let version = asking.fetch_one(&app.pool).await;
    let result = version.map(|version| format!("PostgreSQL {version}")).map_err(|error| error.to_string());
    let works = result.is_ok();
    let mut checks = vec![Check { name: "database", result, took: asked.elapsed() }];
    if works {
        checks.extend(dashboard::checks::inside(app).await);
    }
    checks.extend(app.examine(works).await);
    checks
}

async fn examine(config: &Config, database: &Database) -> Vec<Check> {
    let asked = Instant::now();
    let version = match db::version(&database.uri).await {
        Ok(version) => version,
        Err(error) => return without_database(config, error.to_string()).await,
    };
    let cluster = database.private.as_ref().map_or(String::new(), |cluster| format!(", {cluster}"));
    let result = Ok(format!("PostgreSQL {version}{cluster}"));
    let mut checks = vec![Check { name: "database", result, took: asked.elapsed() }];
    match App::connect(config.clone(), &database.uri).await {
        Ok(app) => {
            checks.extend(dashboard::checks::inside(&app).await);
            checks.extend(app.examine(true).await);
            close_pool(&app).await;
        }
        Err(error) => checks.push(refused(&error)),
    }
    checks
}

async fn without_database(config: &Config, why: String) -> Vec<Check> {
    let mut checks = vec![Check { name: "database", result: Err(why), took: std::time::Duration::ZERO }];
    match App::without_database(config.clone()) {
        Ok(app) => checks.extend(app.examine(false).await),
        Err(error) => checks.push(refused(&error)),
    }
    checks
}

fn refused(error: &platform::app::StartError) -> Check {
    Check { name: "settings", result: Err(error.to_string()), took: std::time::Duration::ZERO }
}

fn as_text(config: &Config, checks: &[Check], settings: bool) -> String {
    let mut text = String::new();
    for Check { name, result, took } in checks {
        let (mark, words) = match result {
            Ok(words) => ("ok", words),
            Err(words) => ("WRONG", words),
        };
        let _ = writeln!(text, "{mark:<6}{name:<10}{words} ({} ms)", took.as_millis());
    }
    if !config.http.host.is_loopback() && config.http.public_uri.scheme() == "http" {
        let _ = writeln!(
            text,
            "note  PENPOT_PUBLIC_URI is plain http: cookies and passwords can be read on the way"
        );
    }
    if settings {
        text.push('\n');
        text.push_str(&super::config::table(config));
    }
    text
}

fn as_json(config: &Config, checks: &[Check], settings: bool) -> serde_json::Value {
    let checks: Vec<_> = checks
        .iter()
        .map(|Check { name, result, took }| {
            let (ok, words) = match result {
                Ok(words) => (true, words),
                Err(words) => (false, words),
            };
            let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
            json!({"name": name, "ok": ok, "words": words, "took_ms": took_ms})
        })
        .collect();
    let settings = settings.then(|| {
        let all = config.describe().iter().map(|s| json!({"name": s.name, "value": s.value, "set": s.set}));
        all.collect::<Vec<_>>()
    });
    let data_dir: &Path = &config.data_dir;
    json!({"data_dir": data_dir, "checks": checks, "settings": settings})
}
