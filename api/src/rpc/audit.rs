//! The one event that a call leaves when it changed something, and what a method may say about it.

use super::caller::Caller;
use chrono::{DateTime, Utc};
use domain::audit::{Event, Source, strip};
use entities::ids::ProfileId;
use poem::Request;
use serde_json::{Map, Value as Json};
use std::{collections::HashSet, net::IpAddr};
use transit::value::{Value, kebab};

/// Characters of `x-external-session-id` and `x-event-origin`.
const ORIGIN_MAX: usize = 200;
/// Characters of `x-frontend-version`.
const VERSION_MAX: usize = 100;

/// Facts by their names in kebab-case.
pub type Props = Map<String, Json>;

/// What is known before the call.
#[derive(Debug, Clone)]
pub struct Record {
    /// The method's name.
    pub name: &'static str,
    /// The params, without secrets.
    pub props: Props,
}

/// What the method says about its event.
#[derive(Debug, Default)]
pub struct Said {
    /// Another name for it.
    pub name: Option<&'static str>,
    /// More props; they win over params of the same name.
    pub props: Vec<(&'static str, Value)>,
    /// Whose deed it is, when nobody was signed in before.
    pub profile: Option<ProfileId>,
    /// Deeds besides it.
    pub more: Vec<Deed>,
}

/// Something that a call did besides, or that somebody else did by it.
#[derive(Debug)]
pub struct Deed {
    /// What.
    pub name: &'static str,
    /// Whose, when it is not the caller's. What is known of the caller's device then stays out of it.
    pub of: Option<ProfileId>,
    /// What about.
    pub props: Vec<(&'static str, Value)>,
}

/// The params that may be kept.
pub fn props(params: &Value) -> Props {
    match params {
        Value::Map(entries) => strip::props(entries.iter().map(|(key, value)| (key, value))),
        _ => Map::new(),
    }
}

/// Leaves out what the method does not take: nobody has looked at it.
pub fn keep_known(props: &mut Props, taken: &Json) {
    let known: HashSet<String> =
        taken.as_object().into_iter().flatten().map(|(name, _)| kebab(name)).collect();
    props.retain(|name, _| known.contains(name));
}

/// How a call came.
pub fn context(request: &Request, request_id: &str, user_agent: Option<&str>, caller: &Caller) -> Props {
    let header = |name: &str, max: usize| {
        let text = request.header(name)?.trim();
        (!text.is_empty() && text != "null").then(|| text.chars().take(max).collect::<String>())
    };
    let facts = [
        ("request-id", Some(request_id.to_owned())),
        ("initiator", Some("app".to_owned())),
        ("version", Some(env!("CARGO_PKG_VERSION").to_owned())),
        ("client-user-agent", user_agent.map(str::to_owned)),
        ("client-version", header("x-frontend-version", VERSION_MAX)),
        ("client-event-origin", header("x-event-origin", ORIGIN_MAX)),
        ("external-session-id", header("x-external-session-id", ORIGIN_MAX)),
        ("access-token-id", caller.token.map(|id| id.to_string())),
    ];
    facts.into_iter().filter_map(|(name, fact)| Some((name.to_owned(), fact?.into()))).collect()
}

/// Who calls, from where and when.
#[derive(Debug)]
pub struct Origin<'a> {
    /// Who is signed in.
    pub profile: Option<ProfileId>,
    /// The address.
    pub ip: Option<IpAddr>,
    /// How the call came.
    pub context: &'a Props,
    /// When.
    pub now: DateTime<Utc>,
}

/// The events of a call that went well.
pub fn events(origin: &Origin<'_>, record: &Record, said: &Said) -> Vec<Event> {
    let profile = origin.profile.or(said.profile);
    let mut props = record.props.clone();
    props.extend(kept(&said.props));
    strip::fit(&mut props);
    let own = |name: &str, props| Event {
        name: name.to_owned(),
        kind: "action".to_owned(),
        source: Source::Backend,
        profile,
        props,
        context: origin.context.clone(),
        ip: origin.ip,
        tracked_at: origin.now,
    };
    let mut events = vec![own(said.name.unwrap_or(record.name), props)];
    events.extend(said.more.iter().map(|deed| {
        let event = own(deed.name, kept(&deed.props));
        match deed.of {
            None => event,
            Some(other) => {
                Event { profile: Some(other), context: of_server(origin.context), ip: None, ..event }
            }
        }
    }));
    events
}

fn kept(props: &[(&'static str, Value)]) -> Props {
    let keys: Vec<Value> = props.iter().map(|(name, _)| Value::keyword(name)).collect();
    strip::props(keys.iter().zip(props.iter().map(|(_, value)| value)))
}

/// What is no fact about the caller.
fn of_server(context: &Props) -> Props {
    let names = ["request-id", "version"];
    names.iter().filter_map(|name| Some(((*name).to_owned(), context.get(*name)?.clone()))).collect()
}
