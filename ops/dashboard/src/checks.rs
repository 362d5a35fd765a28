//! What an installation must have besides the drivers' own: for `atelier doctor` and the page about health.

use crate::wording;
use domain::instance::{self, Participation};
use jobs::read::{Filter, State, list};
use platform::app::{App, Check};
use std::time::Instant;

/// Dead jobs that are counted.
const DEAD_MAX: i64 = 1000;
/// Applied migrations that are told of, the last.
const APPLIED_MAX: i64 = 200;

/// What the database was told about its schema.
#[derive(Clone, Debug)]
pub struct Migrations {
    /// Names of those that were applied and when, the last first.
    pub applied: Vec<(String, chrono::DateTime<chrono::Utc>)>,
    /// Names of those that this program needs and that are missing.
    pub missing: Vec<String>,
}

/// Tables, dead jobs, and whether this process belongs to the installation.
pub async fn inside(app: &App) -> Vec<Check> {
    vec![
        timed("tables", tables(app)).await,
        timed("jobs", dead_jobs(app)).await,
        timed("instance", belongs(app)).await,
    ]
}

/// Which migrations were applied, and which are missing.
///
/// # Errors
/// The database refuses, in words.
pub async fn migrations(app: &App) -> Result<Migrations, String> {
    let missing = missing(app).await?;
    let sql = "SELECT version, to_timestamp(applied_at) FROM seaql_migrations ORDER BY version DESC LIMIT $1";
    let applied = sqlx::query_as(sql).bind(APPLIED_MAX).fetch_all(&app.pool).await;
    Ok(Migrations { applied: applied.map_err(|error| error.to_string())?, missing })
}

/// Asks, and takes the time.
pub async fn timed(name: &'static str, asked: impl Future<Output = Result<String, String>>) -> Check {
    let start = Instant::now();
    Check { name, result: asked.await, took: start.elapsed() }
}

async fn missing(app: &App) -> Result<Vec<String>, String> {
    let pending = migration::pending(&app.db).await;
    let mut missing =
        pending.map_err(|error| format!("the database does not tell its migrations: {error}"))?;
    if !jobs::is_installed(&app.pool).await.map_err(|error| error.to_string())? {
        missing.push("the queue's tables".to_owned());
    }
    Ok(missing)
}

async fn tables(app: &App) -> Result<String, String> {
    let missing = missing(app).await?;
    if missing.is_empty() {
        return Ok("up to date".to_owned());
    }
    Err(format!("missing: {}; run `atelier migrate` or `atelier up`", missing.join(", ")))
}

/// Dead jobs are nothing that is broken now, but something that somebody should look at.
async fn dead_jobs(app: &App) -> Result<String, String> {
    let filter = Filter { states: vec![State::Dead], limit: DEAD_MAX, ..Filter::default() };
    match list(&app.pool, &filter).await {
        Ok(dead) if dead.jobs.is_empty() => Ok("no dead jobs".to_owned()),
        Ok(dead) => Ok(format!("{} dead jobs: see `atelier jobs list --state dead`", dead.jobs.len())),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether this process would be let in as a worker.
async fn belongs(app: &App) -> Result<String, String> {
    match instance::join(app, Participation::OneOff).await {
        Ok(()) => Ok("secret key and blob directory are the installation's".to_owned()),
        Err(error) => Err(wording::cannot_join(&error)),
    }
}
