//! Traces: what a request caused, also in the jobs that it left, as spans with a common id.
//!
//! Ids are made for every request and every attempt at a job, so that the log has them; whether spans are kept and
//! sent is decided once for each trace, by the [`Sampler`]. Spans are those of `tracing`: `http`, `rpc`, `process`
//! and `rescue` always, and the smaller steps, which have the target `trace`, only where spans are sent.

mod context;
mod export;
mod layer;
mod sampler;
mod settings;
mod span;
mod stranger;
mod wire;

pub use context::{Context, new_trace};
pub use export::Traces;
pub use sampler::Sampler;
pub use settings::TraceSettings;
pub use span::Value;
pub use stranger::admit;

pub(crate) use layer::{TraceLayer, is_always, is_step, labels};
pub(crate) use span::Traced;

use tracing::Span;
use tracing_subscriber::{Registry, registry::LookupSpan as _};

/// Where the work of this task belongs: the innermost of our spans around it. `None` outside of all.
pub fn current() -> Option<Context> {
    Span::current()
        .with_subscriber(|(id, dispatch)| {
            let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
            span.scope().find_map(|span| span.extensions().get::<Traced>().map(|traced| traced.context))
        })
        .flatten()
}

/// Tells a fact about a span, when it is kept. Never what people typed, mail addresses or secrets: it leaves the house.
pub fn set(span: &Span, name: &'static str, value: impl Into<Value>) {
    change(span, |traced| traced.set(name, value.into()));
}

/// Gives a span another name, when it is kept. Names are few: no ids in them.
pub fn rename(span: &Span, name: impl FnOnce() -> String) {
    change(span, |traced| traced.rename(name));
}

/// Leaves a span out: for what is asked every few seconds and tells nothing.
pub fn leave_out(span: &Span) {
    change(span, Traced::leave_out);
}

/// Says that what a span is about failed, with the kind of failure: one of a few words, not a sentence.
pub fn fail(span: &Span, kind: &str) {
    change(span, |traced| traced.fail(kind));
}

fn change(span: &Span, change: impl FnOnce(&mut Traced)) {
    span.with_subscriber(|(id, dispatch)| {
        let span = dispatch.downcast_ref::<Registry>()?.span(id)?;
        span.extensions_mut().get_mut::<Traced>().map(change)
    });
}

/// A step of a request or job that takes time worth telling: a child span of the target `trace`, which exists only
/// where spans are sent.
#[macro_export]
macro_rules! step {
    ($name:literal $($fields:tt)*) => {
        tracing::info_span!(target: "trace", $name $($fields)*)
    };
}
