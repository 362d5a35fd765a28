//! The event that a call leaves in the audit log and for webhooks when it changed something, and what its method may
//! say about it.

use super::{caller::Caller, error::Result};
use chrono::{DateTime, Utc};
use domain::audit::{Event, Kind, Source, strip};
use domain::webhook::event::Occurred;
use entities::ids::ProfileId;
use poem::Request;
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value as Json};
use std::{
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use transit::value::{Value, kebab};

/// Characters of `x-external-session-id` and `x-event-origin`.
const ORIGIN_MAX: usize = 200;
/// Characters of `x-frontend-version`.
const VERSION_MAX: usize = 100;

/// Facts by their names in kebab-case.
pub type Props = Map<String, Json>;

/// What is known before the call, and stays the same when its transaction runs again.
#[derive(Debug)]
pub struct AuditedCall {
    /// The method's name.
    pub name: &'static str,
    /// The params, without secrets.
    pub props: Props,
    /// Who is signed in.
    pub profile: Option<ProfileId>,
    /// The address that the call came from.
    pub ip: Option<IpAddr>,
    /// How it came.
    pub context: Arc<Props>,
    /// When.
    pub now: DateTime<Utc>,
    /// What webhooks are told of it, nothing: all its facts; none when they are told nothing of it.
    pub told: Option<&'static [&'static str]>,
}

/// What the method says about its call's event.
#[derive(Debug, Default)]
struct AuditDetails {
    name: Option<&'static str>,
    props: Vec<(&'static str, Value)>,
    in_log: Vec<(&'static str, Value)>,
    profile: Option<ProfileId>,
    is_repeated: bool,
    more: Vec<AuditEvent>,
}

/// Something that a call did besides, or that somebody else did by it.
#[derive(Debug)]
pub struct AuditEvent {
    /// What.
    pub name: &'static str,
    /// Who did it, when that is not the caller. What is known of the caller's device then stays out of it.
    pub actor: Option<ProfileId>,
    /// What about.
    pub props: Vec<(&'static str, Value)>,
}

/// What a call leaves.
#[derive(Clone, Debug, Default)]
pub struct Left {
    /// In the audit log.
    pub events: Vec<Event>,
    /// For webhooks.
    pub occurred: Option<Occurred>,
}

/// Where the event is on its way into the log.
#[derive(Debug)]
enum State {
    /// The method is at work, and may say more.
    Open(AuditDetails),
    /// Written in the transaction of the work.
    Written,
    /// To be written when the work is done, because the method has no transaction to write it in.
    Deferred(Left),
}

/// The event of one attempt at a call. Of a call that is no event nothing is kept.
#[derive(Debug)]
pub struct Audit {
    call: Option<Arc<AuditedCall>>,
    state: Mutex<State>,
}

impl Audit {
    /// For a call; none when it is no event.
    pub fn of(call: Option<Arc<AuditedCall>>) -> Audit {
        Audit { call, state: Mutex::new(State::Open(AuditDetails::default())) }
    }

    /// Adds a fact to the call's event; its name is in kebab-case. It wins over a param of the same name.
    pub fn prop(&self, name: &'static str, value: Value) {
        self.say(|details| details.props.push((name, value)));
    }

    /// Puts something in the place of a fact for the audit log, which keeps nothing that people said.
    pub fn in_log(&self, name: &'static str, value: Value) {
        self.say(|details| details.in_log.push((name, value)));
    }

    /// Gives the call's event another name than the method's.
    pub fn rename(&self, name: &'static str) {
        self.say(|details| details.name = Some(name));
    }

    /// Says whose the call's event is, when nobody is signed in.
    pub fn actor(&self, profile: ProfileId) {
        self.say(|details| details.profile = Some(profile));
    }

    /// Says that the call did nothing, because it had been made before: webhooks heard of it then.
    pub fn repeats(&self) {
        self.say(|details| details.is_repeated = true);
    }

    /// Leaves an event besides that of the call.
    pub fn add(&self, event: AuditEvent) {
        self.say(|details| details.more.push(event));
    }

    /// Writes the call's event now; gives what is for webhooks.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn write(&self, conn: &impl ConnectionTrait) -> Result<Option<Occurred>> {
        let (Some(left), Some(call)) = (self.close(|_| State::Written), &self.call) else { return Ok(None) };
        domain::audit::record(conn, left.events, call.now).await?;
        Ok(left.occurred)
    }

    /// Leaves the call's event for after the work, unless it is written already.
    pub fn defer(&self) {
        self.close(|left| State::Deferred(left.clone()));
    }

    /// What is left to be written, now that the work is done.
    pub fn into_deferred(self) -> Left {
        match self.state.into_inner().unwrap_or_else(PoisonError::into_inner) {
            State::Deferred(left) => left,
            State::Open(_) | State::Written => Left::default(),
        }
    }

    /// What is said once the event is closed comes too late for it.
    fn say(&self, what: impl FnOnce(&mut AuditDetails)) {
        match &mut *self.state() {
            State::Open(details) => what(details),
            State::Written | State::Deferred(_) => tracing::error!("said of an event that is closed"),
        }
    }

    /// Ends the saying; the events, unless that was done before.
    fn close(&self, next: impl FnOnce(&Left) -> State) -> Option<Left> {
        let mut state = self.state();
        let State::Open(details) = &*state else { return None };
        let left = self.call.as_ref().map(|call| call.left(details)).unwrap_or_default();
        *state = next(&left);
        Some(left)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditedCall {
    /// What a call leaves that went well.
    fn left(&self, details: &AuditDetails) -> Left {
        let mut props = self.props.clone();
        props.extend(kept(&details.props));
        strip::fit(&mut props);
        Left { occurred: self.occurred(details, &props), events: self.events(details, props) }
    }

    /// What webhooks are told.
    fn occurred(&self, details: &AuditDetails, props: &Props) -> Option<Occurred> {
        let (told, profile) = (self.told.filter(|_| !details.is_repeated)?, self.profile?);
        let mut props = props.clone();
        props.retain(|name, _| told.is_empty() || told.contains(&name.as_str()));
        Some(Occurred { name: details.name.unwrap_or(self.name), profile, props, at: self.now })
    }

    /// The events in the log.
    fn events(&self, details: &AuditDetails, mut props: Props) -> Vec<Event> {
        props.extend(kept(&details.in_log));
        let own = |name: &str, props| Event {
            name: name.to_owned(),
            kind: Kind::Action,
            source: Source::Backend,
            profile: self.profile.or(details.profile),
            props,
            context: Props::clone(&self.context),
            ip: self.ip,
            tracked_at: self.now,
        };
        let mut events = vec![own(details.name.unwrap_or(self.name), props)];
        events.extend(details.more.iter().map(|more| {
            let event = own(more.name, kept(&more.props));
            match more.actor {
                None => event,
                Some(other) => {
                    Event { profile: Some(other), context: of_server(&self.context), ip: None, ..event }
                }
            }
        }));
        events
    }
}

/// The params that may be kept.
pub fn props(params: &Value, takes: impl Fn(&str) -> bool) -> Props {
    let Value::Map(entries) = params else { return Map::new() };
    let is_taken =
        |key: &Value| key.as_str().or_else(|| key.as_keyword()).is_some_and(|name| takes(&kebab(name)));
    strip::props(entries.iter().filter(|(key, _)| is_taken(key)).map(|(key, value)| (key, value)))
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

fn kept(props: &[(&'static str, Value)]) -> Props {
    let keys: Vec<Value> = props.iter().map(|(name, _)| Value::keyword(name)).collect();
    strip::props(keys.iter().zip(props.iter().map(|(_, value)| value)))
}

/// What is no fact about the caller.
fn of_server(context: &Props) -> Props {
    let names = ["request-id", "version"];
    names.iter().filter_map(|name| Some(((*name).to_owned(), context.get(*name)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit() -> Audit {
        let (name, props, context) = ("rename-file", Props::new(), Arc::default());
        let (ip, told, now) = (None, Some(&[][..]), DateTime::UNIX_EPOCH);
        let call = AuditedCall { name, props, profile: None, ip, context, now, told };
        Audit::of(Some(Arc::new(call)))
    }

    #[test]
    fn what_is_deferred_is_all_that_was_said() {
        let audit = audit();
        audit.rename("renamed");
        audit.prop("id", Value::Int(1));
        audit.add(AuditEvent { name: "besides", actor: None, props: vec![] });
        audit.defer();
        let events = audit.into_deferred().events;
        assert_eq!(
            events.iter().map(|event| event.name.as_str()).collect::<Vec<_>>(),
            ["renamed", "besides"]
        );
        assert_eq!(events[0].props["id"], 1);
    }

    #[test]
    fn it_is_deferred_or_written_once() {
        let written = audit();
        assert_eq!(written.close(|_| State::Written).map(|left| left.events.len()), Some(1));
        written.defer();
        assert!(written.close(|_| State::Written).is_none());
        assert_eq!(written.into_deferred().events.len(), 0);
        assert_eq!(audit().into_deferred().events.len(), 0, "the work did not come to its end");
    }
}
