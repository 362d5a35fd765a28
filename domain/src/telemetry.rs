//! How much this installation is used: counts, and nothing about anybody.

use crate::error::{Error, Result};
use crate::instance;
use chrono::{DateTime, TimeDelta, Utc};
use platform::app::App;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};
use std::time::Duration;

/// A server that takes longer does not want it.
const TIME_MAX: Duration = Duration::from_secs(30);
/// Events are counted this far back: once for each report.
const COUNTED: TimeDelta = TimeDelta::days(1);

/// Only what is not deleted counts. Names of events are those of methods here, never what clients say; names of login
/// providers that do not look like one are left out.
const COUNTS: &str = r"
WITH teams AS (SELECT id FROM team WHERE deleted_at IS NULL),
projects AS (SELECT p.id, p.team_id FROM project p JOIN teams t ON t.id = p.team_id WHERE p.deleted_at IS NULL),
files AS (SELECT f.id, f.project_id FROM file f JOIN projects p ON p.id = f.project_id WHERE f.deleted_at IS NULL),
on_team AS (SELECT count(p.id) AS n FROM teams t LEFT JOIN projects p ON p.team_id = t.id GROUP BY t.id),
on_project AS (SELECT count(f.id) AS n FROM projects p LEFT JOIN files f ON f.project_id = p.id GROUP BY p.id),
on_file AS (SELECT count(t.id) AS n FROM files f LEFT JOIN comment_thread t ON t.file_id = f.id GROUP BY f.id),
members AS (SELECT count(*) AS n FROM team_profile_rel r JOIN teams t ON t.id = r.team_id GROUP BY t.id),
people AS (SELECT auth_backend FROM profile WHERE deleted_at IS NULL),
backends AS (SELECT auth_backend AS name, count(*) AS n FROM people
             WHERE auth_backend ~ '^[a-z]{1,20}$' GROUP BY auth_backend),
events AS (SELECT name, count(*) AS n FROM audit_log
           WHERE source = 'backend' AND created_at >= $1 AND created_at < $2
             AND NOT coalesce(context ? 'operator', false) GROUP BY name)
SELECT jsonb_build_object(
    'total-teams', (SELECT count(*) FROM teams),
    'total-projects', (SELECT count(*) FROM projects),
    'total-files', (SELECT count(*) FROM files),
    'total-users', (SELECT count(*) FROM people),
    'total-fonts', (SELECT count(*) FROM team_font_variant v JOIN teams t ON t.id = v.team_id
                    WHERE v.deleted_at IS NULL),
    'total-comments', (SELECT count(*) FROM files f JOIN comment_thread t ON t.file_id = f.id
                       JOIN comment c ON c.thread_id = t.id),
    'avg-comment-threads-on-file', (SELECT coalesce(round(avg(n), 2), 0) FROM on_file),
    'max-comment-threads-on-file', (SELECT coalesce(max(n), 0) FROM on_file),
    'avg-projects-on-team', (SELECT coalesce(round(avg(n), 2), 0) FROM on_team),
    'max-projects-on-team', (SELECT coalesce(max(n), 0) FROM on_team),
    'avg-files-on-project', (SELECT coalesce(round(avg(n), 2), 0) FROM on_project),
    'max-files-on-project', (SELECT coalesce(max(n), 0) FROM on_project),
    'avg-users-on-team', (SELECT coalesce(round(avg(n), 2), 0) FROM members),
    'max-users-on-team', (SELECT coalesce(max(n), 0) FROM members),
    'event-counters', (SELECT coalesce(jsonb_object_agg(name, n), '{}') FROM events)
) || (SELECT coalesce(jsonb_object_agg('auth-backend-' || name, n), '{}') FROM backends) AS counts";

/// What is sent, and all of it.
///
/// # Errors
/// Those of the database.
pub async fn report(app: &App, now: DateTime<Utc>) -> Result<Json> {
    let instance = instance::id(&app.db).await?;
    let since = now.checked_sub_signed(COUNTED).unwrap_or(now);
    let counts = platform::db::sql(COUNTS, [since.into(), now.into()]);
    let row = app.db.query_one_raw(counts).await?;
    let row = row.ok_or_else(|| Error::platform("the database counts nothing"))?;
    let stats: Json = row.try_get("", "counts")?;
    Ok(json!({
        "type": "telemetry-legacy-report",
        "version": env!("CARGO_PKG_VERSION"),
        "instance-id": instance,
        "stats": stats,
    }))
}

/// Sends [`report`] where the settings say; whether they say so.
///
/// # Errors
/// The server cannot be asked, or refuses; those of the database.
pub async fn send(app: &App, now: DateTime<Utc>) -> Result<bool> {
    let Some(uri) = &app.config.telemetry.uri else { return Ok(false) };
    let body = report(app, now).await?.to_string().into_bytes();
    let status = app.outbound.post(uri, "application/json", &[], body, TIME_MAX).await;
    match status.map_err(Error::platform)? {
        200..=206 => Ok(true),
        other => Err(Error::platform(format!("the server of telemetry answers {other}"))),
    }
}
