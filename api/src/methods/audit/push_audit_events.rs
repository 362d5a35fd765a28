//! Record what a person did in a client.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        permits::ConcurrencyLimit,
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::{Instant, Opaque, Text},
};
use domain::audit::{self, Event, Kind, Source, strip};
use poem_openapi::{Enum, Object};
use serde_json::{Map, Value as Json};
use transit::value::Value;

/// The method `push-audit-events`.
pub struct PushAuditEvents;

/// What happened.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// At most 100.
    #[oai(validator(max_items = 100))]
    events: Vec<Pushed>,
}

/// One thing that happened.
#[derive(Debug, Clone, Object)]
pub struct Pushed {
    /// What.
    #[oai(validator(max_length = 50, pattern = "^[A-Za-z0-9_-]{1,50}$"))]
    name: Text,
    /// What sort.
    #[oai(rename = "type")]
    kind: Sort,
    /// What about; at most 8 KiB are kept, secrets are not.
    props: Opaque,
    /// When; now, if it is later than now or more than an hour ago.
    timestamp: Instant,
    /// Where in the client; at most 8 KiB are kept, secrets are not.
    context: Option<Opaque>,
}

/// Sorts of events.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "kebab-case")]
pub enum Sort {
    /// Somebody did something.
    Action,
    /// Somebody was recognised.
    Identify,
    /// Something happened by itself.
    Trigger,
}

impl Method for PushAuditEvents {
    const NAME: &'static str = "push-audit-events";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const PERMITS: &'static [ConcurrencyLimit] =
        &[ConcurrencyLimit::by_profile("submit-audit-events/by-profile", 1, 3, 30)];
    /// What it writes are events already.
    const AUDITED: bool = false;
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        if !ctx.app().config.flags.has("audit-log") {
            return Ok(Nothing);
        }
        let events = params.events.into_iter().map(|pushed| event(ctx, pushed)).collect::<Result<_>>()?;
        audit::record(ctx.tx()?, events, ctx.now()).await?;
        Ok(Nothing)
    }
}

fn event(ctx: &Ctx, pushed: Pushed) -> Result<Event> {
    let mut context = pushed.context.map(|given| map("context", &given)).transpose()?.unwrap_or_default();
    context.extend(Map::clone(&ctx.call().context));
    strip::fit(&mut context);
    Ok(Event {
        name: pushed.name.into(),
        kind: match pushed.kind {
            Sort::Action => Kind::Action,
            Sort::Identify => Kind::Identify,
            Sort::Trigger => Kind::Trigger,
        },
        source: Source::Frontend,
        profile: Some(ctx.caller()?),
        props: map("props", &pushed.props)?,
        context,
        ip: ctx.call().address,
        tracked_at: audit::tracked_at(pushed.timestamp.0, ctx.now()),
    })
}

fn map(field: &str, given: &Opaque) -> Result<Map<String, Json>> {
    let Value::Map(entries) = &*given.0 else {
        let hint = format!("events: {field} must be a map");
        return Err(Error::new(Fault::Validation, "params-validation").hint(hint));
    };
    Ok(strip::props(entries.iter().map(|(key, value)| (key, value))))
}
