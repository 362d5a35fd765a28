//! A person's free settings.

use super::{get, props, props_limits, stored_props};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::profile::{ActiveModel, Entity, Model};
use sea_orm::sea_query::LockType;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, QuerySelect, Set};
use transit::value::Value;

/// Most settings of one person.
const KEYS_MAX: usize = 1000;

/// What a person wants to be told.
#[derive(Clone, Debug)]
pub struct Notifications {
    /// `all`, `partial` or `none`.
    pub dashboard_comments: &'static str,
    /// `all`, `partial` or `none`.
    pub email_comments: &'static str,
    /// `all` or `none`.
    pub email_invites: &'static str,
}

/// Merges settings into the caller's: nil takes one away, names with a namespace are the server's own and ignored. Call
/// it in a transaction.
///
/// # Errors
/// `params-validation` when it is no map, a known setting is of another type, or there is too much of it;
/// [`Error::NotFound`] when the account is gone.
pub async fn merge(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    wanted: &Value,
    now: DateTime<Utc>,
) -> Result<Value> {
    let Value::Map(wanted) = wanted else { return Err(refused("props: should be a map".to_owned())) };
    // Two tabs may change different settings at once.
    Entity::find_by_id(caller).lock(LockType::NoKeyUpdate).one(conn).await?;
    let person = get(conn, caller, now).await?;
    let mut entries = stored(&person)?;
    for (key, value) in wanted {
        let Some(name) = key.as_keyword().or_else(|| key.as_str()) else {
            return Err(refused("props: names should be keywords".to_owned()));
        };
        if name.contains('/') {
            continue;
        }
        let key = Value::keyword(name);
        entries.retain(|(known, _)| *known != key);
        if *value != Value::Nil {
            entries.push((key, typed(name, value)?));
        }
    }
    if entries.len() > KEYS_MAX {
        return Err(refused(format!("props: at most {KEYS_MAX} settings")));
    }
    let row = ActiveModel {
        id: Set(person.id),
        modified_at: Set(now),
        props: Set(Some(stored_props(&Value::Map(entries))?)),
        ..Default::default()
    };
    Ok(props(&row.update(conn).await?))
}

/// Keeps what the caller wants to be told, in the setting `notifications`. Call it in a transaction.
///
/// # Errors
/// As [`merge`].
pub async fn set_notifications(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    wanted: Notifications,
    now: DateTime<Utc>,
) -> Result<()> {
    let map = Value::map([
        ("dashboard-comments", Value::keyword(wanted.dashboard_comments)),
        ("email-comments", Value::keyword(wanted.email_comments)),
        ("email-invites", Value::keyword(wanted.email_invites)),
    ]);
    merge(conn, caller, &Value::map([("notifications", map)]), now).await?;
    Ok(())
}

/// All of them, the server's own included.
fn stored(person: &Model) -> Result<Vec<(Value, Value)>> {
    let Some(stored) = &person.props else { return Ok(Vec::new()) };
    match transit::read(stored.to_string().as_bytes(), &props_limits()) {
        Ok(Value::Map(entries)) => Ok(entries),
        Ok(_) => Ok(Vec::new()),
        // Better no change than all other settings lost.
        Err(error) => Err(Error::platform(error)),
    }
}

/// A setting that is known here, with its type, which clients of JSON cannot say; others as they are.
fn typed(name: &str, value: &Value) -> Result<Value> {
    let should = |is: bool, what: &str| {
        if is { Ok(value.clone()) } else { Err(refused(format!("props.{name}: should be {what}"))) }
    };
    match name {
        "mcp-enabled" | "newsletter-updates" | "newsletter-news" | "onboarding-viewed" | "v2-info-shown"
        | "workspace-visited" => should(matches!(value, Value::Bool(_)), "true or false"),
        "plugins" | "custom-shortcuts" => should(matches!(value, Value::Map(_)), "a map"),
        "release-notes-viewed" => {
            let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= 100;
            should(value.as_str().is_some_and(fits), "text of at most 100 characters")
        }
        "renderer" => one_of("renderer", value, &["svg", "wasm"]),
        "onboarding-team-id" => match value.as_uuid().or_else(|| value.as_str()?.parse().ok()) {
            Some(id) => Ok(Value::Uuid(id)),
            None => Err(refused(format!("props.{name}: should be a uuid"))),
        },
        "notifications" => {
            let Value::Map(_) = value else { return should(false, "a map") };
            let all: Vec<(&str, Value)> = NOTIFICATIONS
                .iter()
                .filter_map(|(name, choices)| Some((*name, one_of(name, value.get(name)?, choices))))
                .map(|(name, choice)| Ok((name, choice?)))
                .collect::<Result<_>>()?;
            Ok(Value::map(all))
        }
        _ => Ok(value.clone()),
    }
}

/// What a person can be told of, and how much of it.
const NOTIFICATIONS: [(&str, &[&str]); 3] = [
    ("dashboard-comments", &["all", "partial", "none"]),
    ("email-comments", &["all", "partial", "none"]),
    ("email-invites", &["all", "none"]),
];

fn one_of(name: &str, value: &Value, choices: &[&str]) -> Result<Value> {
    match value.as_keyword().or_else(|| value.as_str()) {
        Some(choice) if choices.contains(&choice) => Ok(Value::keyword(choice)),
        _ => Err(refused(format!("props.{name}: should be one of {}", choices.join(", ")))),
    }
}

fn refused(hint: String) -> Error {
    Error::validation("params-validation").hint(hint)
}
