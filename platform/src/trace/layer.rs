//! Gives every span of ours its ids, and what it is told to whoever sends spans.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context as Around;
use tracing_subscriber::registry::{LookupSpan, SpanRef};

use super::context::{Before, Context, random};
use super::export::Outbox;
use super::sampler::Sampler;
use super::span::{Kept, Kind, Labels, Traced, Value};

/// Stands between the spans of the program and those that are sent.
pub(crate) struct TraceLayer {
    sampler: Sampler,
    /// None where nothing is sent.
    outbox: Option<Outbox>,
}

/// The target of small steps.
const STEPS: &str = "trace";
/// Spans that always are there.
const ALWAYS: [&str; 4] = ["http", "rpc", "process", "rescue"];

impl TraceLayer {
    pub(crate) fn new(sampler: Sampler, outbox: Option<Outbox>) -> TraceLayer {
        TraceLayer { sampler, outbox }
    }
}

/// Whether a span has ids in any case.
pub(crate) fn is_always(meta: &Metadata<'_>) -> bool {
    meta.is_span() && ALWAYS.contains(&meta.name()) && *meta.level() <= tracing::Level::INFO
}

/// Whether it is a small step, which the log does not show.
pub(crate) fn is_step(meta: &Metadata<'_>) -> bool {
    meta.target() == STEPS
}

/// The ids around a line of the log.
pub(crate) fn labels<'s, S: Subscriber + for<'a> LookupSpan<'a>>(
    span: &SpanRef<'s, S>,
) -> Option<(Context, Labels)> {
    span.scope().find_map(|span| {
        let extensions = span.extensions();
        extensions.get::<Traced>().map(|traced| (traced.context, traced.labels.clone()))
    })
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for TraceLayer {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, around: Around<'_, S>) {
        let Some(span) = around.span(id) else { return };
        let mut seen = Seen::default();
        attributes.record(&mut seen);
        let parent = span.parent().and_then(|parent| labels(&parent));
        let (context, before) = match (&parent, &seen.before) {
            (Some((parent, _)), _) => (Context { span_id: random(), ..*parent }, Some(parent.span_id)),
            // A step of nothing: the process does it for itself.
            (None, _) if is_step(span.metadata()) => {
                (Context { trace_id: random(), span_id: random(), sampled: false }, None)
            }
            (None, before) => self.begin(before.as_deref().and_then(Before::parse)),
        };
        let mut labels = parent.map(|(_, labels)| labels).unwrap_or_default();
        labels.request = seen.request.take().map(Arc::from).or(labels.request);
        labels.job = seen.job.or(labels.job);
        let kept = (context.sampled && self.outbox.is_some()).then(|| {
            Box::new(Kept {
                name: span.name().into(),
                kind: seen.kind,
                parent: before,
                began: SystemTime::now(),
                attributes: vec![],
                failed: false,
            })
        });
        let mut traced = Traced { context, labels, kept };
        if traced.kept.is_some() {
            attributes.record(&mut Facts(&mut traced));
        }
        span.extensions_mut().insert(traced);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, around: Around<'_, S>) {
        let Some(span) = around.span(id) else { return };
        if let Some(traced) = span.extensions_mut().get_mut::<Traced>().filter(|traced| traced.kept.is_some())
        {
            values.record(&mut Facts(traced));
        }
    }

    fn on_close(&self, id: Id, around: Around<'_, S>) {
        let (Some(outbox), Some(span)) = (&self.outbox, around.span(&id)) else { return };
        let ended = span
            .extensions_mut()
            .get_mut::<Traced>()
            .and_then(|traced| traced.kept.take().map(|kept| (traced.context, kept)));
        if let Some((context, kept)) = ended {
            outbox.put(super::wire::span(context, *kept, SystemTime::now()));
        }
    }
}

impl TraceLayer {
    /// The first span here of a trace.
    fn begin(&self, before: Option<Before>) -> (Context, Option<[u8; 8]>) {
        let trace_id = before.map_or_else(random, |before| before.trace_id);
        let sampled = self.sampler.keeps(trace_id, before.and_then(|before| before.sampled));
        (Context { trace_id, span_id: random(), sampled }, before.and_then(|before| before.span_id))
    }
}

/// What a new span says about its place.
#[derive(Default)]
struct Seen {
    before: Option<String>,
    request: Option<String>,
    job: Option<i64>,
    kind: Kind,
}

impl Visit for Seen {
    fn record_str(&mut self, field: &Field, value: &str) {
        match (field.name(), value) {
            ("traceparent", text) => self.before = Some(text.to_owned()),
            ("otel.kind", "server") => self.kind = Kind::Server,
            ("otel.kind", "client") => self.kind = Kind::Client,
            ("otel.kind", "producer") => self.kind = Kind::Producer,
            ("otel.kind", "consumer") => self.kind = Kind::Consumer,
            _ => {}
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == "job" {
            self.job = Some(value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "request" {
            self.request = Some(format!("{value:?}"));
        }
    }
}

/// The fields of the log as the conventions of OpenTelemetry call them. Others keep their names; none is left out, so a
/// span has no field that must not be told.
fn convention(name: &'static str) -> &'static str {
    match name {
        "request" => "atelier.request.id",
        "profile" => "user.id",
        "method" => "rpc.method",
        "job" => "messaging.message.id",
        "kind" => "atelier.job.kind",
        "queue" => "messaging.destination.name",
        "attempt" => "atelier.job.attempt",
        "outcome" => "atelier.job.outcome",
        other => other,
    }
}

/// Takes fields over as facts.
struct Facts<'t>(&'t mut Traced);

impl Facts<'_> {
    fn take(&mut self, field: &Field, value: Value) {
        match (field.name(), value) {
            ("traceparent" | "otel.kind", _) => {}
            ("error.type", Value::Text(kind)) => self.0.fail(&kind),
            // The conventions want a text.
            ("job", Value::Number(id)) => self.0.set(convention("job"), id.to_string().into()),
            ("kind", Value::Text(kind)) => {
                let Some(kept) = &mut self.0.kept else { return };
                kept.name = format!("{} {kind}", kept.name).into();
                let operation = if kept.kind == Kind::Producer { "send" } else { "process" };
                self.0.set("messaging.system", "atelier".into());
                self.0.set("messaging.operation.type", operation.into());
                self.0.set(convention("kind"), Value::Text(kind));
            }
            (name, value) => self.0.set(convention(name), value),
        }
    }
}

impl Visit for Facts<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.take(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.take(field, i64::try_from(value).unwrap_or(i64::MAX).into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.take(field, Value::Flag(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.take(field, format!("{value:?}").into());
    }
}
