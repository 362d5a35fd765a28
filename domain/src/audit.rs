//! The audit log: one row for each event, without secrets, never large.

pub mod archive;
pub mod strip;

use crate::error::Result;
use crate::permission::Operator;
use chrono::{DateTime, TimeDelta, Utc};
use entities::audit_log::{ActiveModel, Column, Entity, Model};
pub use entities::audit_log::{Kind, Source};
use entities::ids::ProfileId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::{Map, Value as Json};
use std::net::IpAddr;
use uuid::Uuid;

/// Most events that are listed at a time.
pub const LIST_MAX: u64 = 1000;
/// Most events that a client may push in one call.
pub const PUSH_MAX: usize = 100;
/// An event that a client says is older, is taken to be of now.
const LAG_MAX: TimeDelta = TimeDelta::hours(1);

/// One event, as it will be written; props and context have gone through [`strip`].
#[derive(Clone, Debug)]
pub struct Event {
    /// What was done.
    pub name: String,
    /// What sort of event it is.
    pub kind: Kind,
    /// Who says so.
    pub source: Source,
    /// Who did it.
    pub profile: Option<ProfileId>,
    /// What it was about.
    pub props: Map<String, Json>,
    /// How it came.
    pub context: Map<String, Json>,
    /// Where from.
    pub ip: Option<IpAddr>,
    /// When it happened.
    pub tracked_at: DateTime<Utc>,
}

impl Event {
    /// What an operator did: by their account, or by the name they have on the system.
    pub fn of_operator(
        operator: &Operator,
        name: String,
        props: Map<String, Json>,
        at: DateTime<Utc>,
    ) -> Event {
        let mut context = Map::new();
        context.insert("initiator".to_owned(), operator.entrance().into());
        if operator.account().is_none() {
            context.insert("operator".to_owned(), operator.name().into());
        }
        Event {
            name,
            kind: Kind::Action,
            source: Source::Backend,
            profile: operator.account().map(ProfileId),
            props,
            context,
            ip: None,
            tracked_at: at,
        }
    }
}

/// Which events to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only this person's.
    pub profile: Option<Uuid>,
    /// Only those written at this moment or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those of this name.
    pub name: Option<String>,
    /// At most so many; never more than [`LIST_MAX`].
    pub limit: u64,
}

/// Writes events, in one statement.
///
/// # Errors
/// Those of the database.
pub async fn record(conn: &impl ConnectionTrait, events: Vec<Event>, now: DateTime<Utc>) -> Result<()> {
    if events.is_empty() {
        return Ok(());
    }
    let rows = events.into_iter().map(|event| row(event, now));
    Entity::insert_many(rows).exec_without_returning(conn).await?;
    Ok(())
}

fn row(event: Event, now: DateTime<Utc>) -> ActiveModel {
    ActiveModel {
        id: Set(platform::ids::new_id()),
        name: Set(event.name),
        kind: Set(event.kind.into()),
        source: Set(event.source.into()),
        created_at: Set(now),
        tracked_at: Set(event.tracked_at),
        archived_at: Set(None),
        profile_id: Set(event.profile.map_or(Uuid::nil(), Uuid::from)),
        ip_addr: Set(event.ip.map(|ip| ip.to_string())),
        props: Set(Json::Object(event.props)),
        context: Set(Some(Json::Object(event.context))),
    }
}

/// When something happened that a client tells of: as it says, unless its clock cannot be right.
pub fn tracked_at(said: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    if said > now || now.signed_duration_since(said) > LAG_MAX { now } else { said }
}

/// Events, newest first.
///
/// # Errors
/// Those of the database.
pub async fn list(conn: &impl ConnectionTrait, filter: Filter) -> Result<Vec<Model>> {
    let mut query = Entity::find();
    if let Some(profile) = filter.profile {
        query = query.filter(Column::ProfileId.eq(profile));
    }
    if let Some(since) = filter.since {
        query = query.filter(Column::CreatedAt.gte(since));
    }
    if let Some(name) = filter.name {
        query = query.filter(Column::Name.eq(name));
    }
    let query = query.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id);
    let mut found = query.limit(filter.limit.min(LIST_MAX)).all(conn).await?;
    for event in &mut found {
        event.ip_addr = address(event.ip_addr.take());
    }
    Ok(found)
}

/// The database writes an address as the smallest of networks.
fn address(network: Option<String>) -> Option<String> {
    network.and_then(|text| text.split('/').next().map(str::to_owned))
}

/// Which events are no longer kept.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Those that were written before go.
    pub since: DateTime<Utc>,
    /// Whatever their age, those that wait for the archive stay.
    pub unarchived: bool,
    /// Those that the archive has go at once.
    pub drop_archived: bool,
}

/// Drops events that are no longer kept, up to `limit` for each reason; how many went.
///
/// # Errors
/// Those of the database.
pub async fn collect(conn: &impl ConnectionTrait, keep: Keep, limit: i64) -> Result<u64> {
    // One statement for each, so that each has its index.
    let mut removed = 0;
    if keep.drop_archived {
        removed += conn.execute_raw(platform::db::sql(DROP_ARCHIVED, [limit.into()])).await?.rows_affected();
    }
    let old = if keep.unarchived { DROP_OLD_ARCHIVED } else { DROP_OLD };
    let values = [limit.into(), keep.since.into()];
    Ok(removed + conn.execute_raw(platform::db::sql(old, values)).await?.rows_affected())
}

const DROP_ARCHIVED: &str = "
    DELETE FROM audit_log WHERE id IN (
           SELECT id FROM audit_log WHERE archived_at IS NOT NULL LIMIT $1 FOR UPDATE SKIP LOCKED)";

const DROP_OLD_ARCHIVED: &str = "
    DELETE FROM audit_log WHERE id IN (
           SELECT id FROM audit_log WHERE created_at < $2 AND archived_at IS NOT NULL
            LIMIT $1 FOR UPDATE SKIP LOCKED)";

const DROP_OLD: &str = "
    DELETE FROM audit_log WHERE id IN (
           SELECT id FROM audit_log WHERE created_at < $2 LIMIT $1 FOR UPDATE SKIP LOCKED)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_cannot_be_right_are_not_believed() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        let tracked = |minutes| (tracked_at(now + TimeDelta::minutes(minutes), now) - now).num_minutes();
        assert_eq!([tracked(-59), tracked(-61), tracked(1)], [-59, 0, 0]);
    }
}
