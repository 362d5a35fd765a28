//! Whether everything that an installation needs works, and what is in force.

use super::overview::worker_table;
use crate::{
    checks::{self, Migrations},
    error::Result,
    format::{bytes, count, grouped, relative_time, span, with_code},
    layout::Page,
    page_context::PageContext,
    single_flight_cache::SingleFlightCache,
};
use chrono::{DateTime, TimeDelta, Utc};
use jobs::read::{self, WorkerShown};
use maud::{Markup, html};
use platform::{
    app::{App, Check},
    config::Config,
};
use poem::Response;
use std::time::Duration;

/// Answers of what is outside are asked for again after so long: each logs in to the mail server and writes a blob.
const ANSWERS_AGE_MAX: Duration = Duration::from_secs(60);
/// The page does not wait longer for them.
const ANSWERS_WAIT: Duration = Duration::from_secs(4);
/// This program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the database tells about itself.
struct About {
    version: String,
    bytes: i64,
    since: DateTime<Utc>,
}

/// The page.
///
/// # Errors
/// The database refuses.
pub(crate) async fn show(ctx: &PageContext<'_>, answers: &SingleFlightCache<Vec<Check>>) -> Result<Response> {
    let (app, now) = (&ctx.state.app, ctx.state.app.now());
    let outside = {
        let app = app.clone();
        answers.get(ANSWERS_AGE_MAX, ANSWERS_WAIT, async move { Some(app.examine(true).await) }).await
    };
    let about = about(app).await?;
    let workers = read::workers(&app.pool).await?;
    let migrations = checks::migrations(app).await;
    let mut lines = vec![
        Check { name: "database", result: Ok(of_database(&about, now)), took: Duration::ZERO },
        Check { name: "workers", result: of_workers(&workers), took: Duration::ZERO },
    ];
    lines.extend(checks::inside(app).await);
    lines.extend(outside.iter().flat_map(|(checks, _)| checks.clone()));
    let age = outside.map(|(_, age)| age);
    let body = html! {
        h1 { "Health" }
        (list(&lines, &app.config, age))
        h2 { "Versions" }
        (versions(&about, &workers, now))
        h2 { "Migrations" }
        (of_migrations(migrations, now))
        h2 { "Workers" }
        (worker_table(&workers, now))
        (settings(&app.config, ctx.fields.get("settings") == Some("all")))
    };
    let page = Page {
        title: "Health",
        section: "/admin/health",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice: None,
    };
    Ok(page.show(&body))
}

async fn about(app: &App) -> Result<About> {
    let sql = "SELECT current_setting('server_version'), pg_database_size(current_database()),
                      pg_postmaster_start_time()";
    let (version, bytes, since) = sqlx::query_as(sql).fetch_one(&app.pool).await?;
    Ok(About { version, bytes, since })
}

fn of_database(about: &About, now: DateTime<Utc>) -> String {
    format!("PostgreSQL {}, {}, up for {}", about.version, bytes(about.bytes), span(now - about.since))
}

fn of_workers(workers: &[WorkerShown]) -> std::result::Result<String, String> {
    let at_work = workers.iter().filter(|worker| !worker.lost && !worker.draining).count();
    match i64::try_from(at_work).unwrap_or(i64::MAX) {
        0 => Err("none is there: nothing that is slow gets done; start `atelier worker`".to_owned()),
        some => Ok(format!("{} there", count(some, "worker is", "workers are"))),
    }
}

/// What is wrong first.
fn list(lines: &[Check], config: &Config, age: Option<Duration>) -> Markup {
    let (wrong, fine): (Vec<&Check>, Vec<&Check>) = lines.iter().partition(|check| check.result.is_err());
    let is_open = !config.http.host.is_loopback() && config.http.public_uri.scheme() == "http";
    html! {
        p class="lead" {
            "What " code { "atelier doctor" } " asks. "
            @match age {
                None => "Message bus, storage and mail have not answered yet: look again in a moment.",
                Some(age) if age.is_zero() => "Message bus, storage and mail answered just now.",
                Some(age) => {
                    "Message bus, storage and mail answered " (ago(age)) " ago; they are asked once a minute."
                },
            }
        }
        ul class="checks" {
            @for check in wrong { (line(check)) }
            @if is_open { li class="note" {
                span class="state paused" { "open" } b { "public URI" }
                span {
                    "PENPOT_PUBLIC_URI is plain http: cookies and passwords can be read on the way. Put a server "
                    "with TLS in front."
                }
            } }
            @for check in fine { (line(check)) }
        }
    }
}

fn ago(age: Duration) -> String {
    span(TimeDelta::from_std(age).unwrap_or(TimeDelta::MAX))
}

fn line(check: &Check) -> Markup {
    let took = (!check.took.is_zero()).then(|| format!("{} ms", check.took.as_millis()));
    html! {
        @match &check.result {
            Ok(words) => li class="well" {
                span class="state done" { "ok" } b { (check.name) }
                span {
                    @if check.name == "jobs" && words != "no dead jobs" {
                        a href="/admin/dead" { (words) }
                    } @else { (with_code(words)) }
                    @if let Some(took) = took { span class="took" { " " (took) } }
                }
            },
            Err(words) => li class="ill" {
                span class="state dead" { "wrong" } b { (check.name) }
                span { (with_code(words)) @if let Some(advice) = advice(check.name) { p class="under" { (advice) } } }
            },
        }
    }
}

/// What to do; nothing where the words of the check say it.
fn advice(name: &str) -> Option<&'static str> {
    match name {
        "bus" => Some(
            "Start Redis, or set PENPOT_REDIS_URI to where it is. Until then people do not see each other's changes \
             at once.",
        ),
        "storage" => Some(
            "Look at the PENPOT_OBJECTS_STORAGE settings below, and whether there is room and a right to write. \
             Until then uploads fail.",
        ),
        "mail" => Some(
            "Look at the PENPOT_SMTP settings below and at the mail server. Mails wait as jobs; what failed for good \
             can be retried under Dead jobs.",
        ),
        _ => None,
    }
}

fn versions(about: &About, workers: &[WorkerShown], now: DateTime<Utc>) -> Markup {
    let alive = || workers.iter().filter(|worker| !worker.lost);
    let others = i64::try_from(alive().filter(|worker| worker.version != VERSION).count()).unwrap_or(0);
    html! {
        dl class="list" {
            dt { "This process" } dd { "Atelier " (VERSION) }
            dt { "Workers" } dd {
                @if alive().next().is_none() { "none" }
                @else if others > 0 {
                    (count(others, "worker has", "workers have"))
                    " another version: see below. That is fine while an upgrade is under way."
                }
                @else { "the same version" }
            }
            dt { "Database" } dd {
                "PostgreSQL " (about.version) ", " (bytes(about.bytes)) ", started " (relative_time(about.since, now))
            }
        }
    }
}

fn of_migrations(found: std::result::Result<Migrations, String>, now: DateTime<Utc>) -> Markup {
    let found = match found {
        Ok(found) => found,
        Err(error) => return html! { p class="wrong" { (error) } },
    };
    html! {
        @if !found.missing.is_empty() {
            p class="wrong" { "Missing: " (found.missing.join(", ")) ". Run " code { "atelier migrate" } "." }
        }
        div class="scroll" role="region" tabindex="0" aria-label="Migrations" { table {
            thead { tr { th { "Migration" } th { "Applied" } } }
            tbody { @for (name, at) in &found.applied {
                tr { td { code { (name) } } td { (relative_time(*at, now)) } }
            } }
        } }
    }
}

/// Those that were set; all of them when asked for. Secrets are hidden by whoever read them.
fn settings(config: &Config, all: bool) -> Markup {
    let described = config.describe();
    let shown: Vec<_> = described.iter().filter(|setting| all || setting.set).collect();
    let total = i64::try_from(described.len()).unwrap_or(i64::MAX);
    html! {
        h2 id="settings" { "Settings" }
        p {
            "In force in this process. Secrets are hidden. "
            @if all { a href="/admin/health#settings" { "Show only those that were set" } }
            @else { a href="/admin/health?settings=all#settings" { "Show all " (grouped(total)) } }
        }
        @if shown.is_empty() { p class="empty" { "None was set: all are at their defaults." } }
        @else {
            div class="scroll" role="region" tabindex="0" aria-label="Settings" { table class="settings" {
                thead { tr { th { "Setting" } th { "Value" } th { "Source" } th { "Description" } } }
                tbody { @for setting in shown {
                    tr {
                        td { code { (setting.name) } }
                        td class="value" {
                            @if setting.value.is_empty() { span class="under" { "none" } }
                            @else { (setting.value) }
                        }
                        td { @if setting.set { "set" } @else { "default" } }
                        td class="meaning" { (setting.meaning) }
                    }
                } }
            } }
        }
    }
}
