//! Copying events to another server: at least once each, in the order they were written.

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entities::audit_log::{Column, Entity, Model};
use platform::app::App;
use platform::config::ArchiveConfig;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::time::Duration;
use transit::value::Value;

/// Events in one request: 2 MiB at most.
pub const BATCH_MAX: u64 = 128;
/// A server that takes longer has not taken them.
const TIME_MAX: Duration = Duration::from_secs(12);
/// The only answer that means that they are kept.
const KEPT: u16 = 204;

/// Sends the oldest events that the archive does not have, and marks them once it says that it has; how many. They are
/// held meanwhile, so that two who do this at a time send different ones. After a failure they are sent again, also
/// when they did arrive: each has an id to know it by.
///
/// # Errors
/// The server cannot be asked, or says anything but 204; those of the database.
pub async fn step(app: &App, archive: &ArchiveConfig, now: DateTime<Utc>) -> Result<u64> {
    let tx = platform::db::begin(&app.db).await?;
    let events = Entity::find()
        .filter(Column::ArchivedAt.is_null())
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(BATCH_MAX)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&tx)
        .await?;
    if events.is_empty() {
        return Ok(0);
    }
    let ids: Vec<_> = events.iter().map(|event| event.id).collect();
    send(app, archive, events).await?;
    let marked = Entity::update_many()
        .col_expr(Column::ArchivedAt, Expr::value(now))
        .filter(Column::Id.is_in(ids))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(marked.rows_affected)
}

async fn send(app: &App, archive: &ArchiveConfig, events: Vec<Model>) -> Result<()> {
    let key = match &archive.shared_key {
        Some(key) => key.to_string(),
        None => app.secrets.shared_key("nexus"),
    };
    let origin = app.config.http.public_uri.origin().ascii_serialization();
    let headers = [("origin", origin.as_str()), ("x-shared-key", &format!("nexus {key}"))];
    let events = Value::Vec(events.into_iter().map(as_value).collect());
    let body = transit::write(&Value::map([("events", events)]));
    let sent = app.outbound.post(&archive.uri, "application/transit+json", &headers, body, TIME_MAX);
    match sent.await.map_err(Error::platform)? {
        KEPT => Ok(()),
        other => Err(Error::platform(format!("the archive of events answers {other} instead of {KEPT}"))),
    }
}

fn as_value(event: Model) -> Value {
    let instant = |at: DateTime<Utc>| Value::Instant(at.timestamp_millis());
    Value::map([
        ("id", Value::Uuid(event.id)),
        ("type", Value::text(event.kind.as_str())),
        ("name", Value::Str(event.name)),
        ("source", Value::text(event.source.as_str())),
        ("profile-id", Value::Uuid(event.profile_id)),
        ("ip-addr", super::address(event.ip_addr).map_or(Value::Nil, Value::Str)),
        ("created-at", instant(event.created_at)),
        ("tracked-at", instant(event.tracked_at)),
        ("props", Value::from_json(event.props)),
        ("context", event.context.map_or(Value::Nil, Value::from_json)),
    ])
}
