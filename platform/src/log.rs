//! The log: to standard error, for people or for machines; and the spans around its lines, which give them their ids.

mod switch;

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, level_filters::LevelFilter, subscriber::Interest};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::filter::{FilterExt as _, FilterFn, dynamic_filter_fn, filter_fn};
use tracing_subscriber::fmt::format::{Format, Json, JsonFields, Writer};
use tracing_subscriber::fmt::time::SystemTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, layer};
use tracing_subscriber::layer::{Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry, reload};

use crate::config::{LogConfig, LogFormat};
use crate::trace::{self, Sampler, TraceLayer, Traces};

pub use switch::{Change, LogError, change, current, take_back};

/// Starts logging. When something logs already (a test, an earlier call), that stays.
pub fn init(config: &LogConfig) {
    start(config, TraceLayer::new(Sampler::OFF, None), false);
}

/// Starts logging and, when the settings name a collector, the sending of traces, for a process that serves or works.
/// Needs a tokio runtime. Flush what it gives at the end.
pub fn init_with_traces(config: &LogConfig, traces: &trace::TraceSettings) -> Traces {
    let (sending, outbox) = Traces::start(traces);
    let sends = outbox.is_some();
    start(config, TraceLayer::new(traces.sampler, outbox), sends);
    sending
}

fn start(config: &LogConfig, traces: TraceLayer, sends: bool) {
    let wanted = EnvFilter::try_new(&config.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let (wanted, handle) = reload::Layer::new(wanted);
    // Spans that give a line its ids are there however little is logged. Steps are for the collector alone.
    let shown = || spans(trace::is_always);
    let filter = wanted.and(filter_fn(|meta| !trace::is_step(meta))).or(shown());
    let lines: Box<dyn Layer<_> + Send + Sync> = match config.format {
        LogFormat::Text => layer()
            .with_writer(std::io::stderr)
            .with_timer(SystemTime)
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .fmt_fields(Plain)
            .with_filter(filter)
            .boxed(),
        LogFormat::Json => layer()
            .with_writer(std::io::stderr)
            .fmt_fields(JsonFields::new())
            .event_format(WithIds(Format::default().json().with_timer(SystemTime).flatten_event(true)))
            .with_filter(filter)
            .boxed(),
    };
    let ours = move |meta: &Metadata<'_>| {
        trace::is_always(meta) || (sends && meta.is_span() && trace::is_step(meta))
    };
    // Never "always", so that each span is asked about: a library that only asks whether it would be logged (sqlx does)
    // leaves its own answer behind on the thread, and the next span that is not asked about gets that one.
    let interest = move |meta: &'static Metadata<'static>| match ours(meta) {
        true => Interest::sometimes(),
        false => Interest::never(),
    };
    let ours = dynamic_filter_fn(move |meta, _| ours(meta))
        .with_callsite_filter(interest)
        .with_max_level_hint(LevelFilter::INFO);
    if Registry::default().with(traces.with_filter(ours)).with(lines).try_init().is_err() {
        tracing::debug!("logging was started before");
        return;
    }
    switch::keep(&config.filter, move |filter| handle.reload(filter).map_err(|error| error.to_string()));
    // One line like any other, with the ids of the request or job around it, instead of loose text.
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.payload_as_str().unwrap_or("no message");
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(message, place, "panic");
    }));
}

fn spans<F: Fn(&tracing::Metadata<'_>) -> bool>(which: F) -> FilterFn<F> {
    FilterFn::new(which).with_max_level_hint(LevelFilter::INFO)
}

/// Text is for people: what only machines read is left out of it.
struct Plain;

impl<'w> FormatFields<'w> for Plain {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut line = Line { writer, first: true, written: Ok(()) };
        fields.record(&mut line);
        line.written
    }
}

struct Line<'w> {
    writer: Writer<'w>,
    first: bool,
    written: fmt::Result,
}

impl Line<'_> {
    fn put(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let name = field.name();
        if self.written.is_err() || ["traceparent", "otel.kind", "error.type"].contains(&name) {
            return;
        }
        let space = if std::mem::take(&mut self.first) { "" } else { " " };
        self.written = match name {
            "message" => write!(self.writer, "{space}{value}"),
            name => write!(self.writer, "{space}{name}={value}"),
        };
    }
}

impl Visit for Line<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.put(field, format_args!("{value}")),
            _ => self.put(field, format_args!("{value:?}")),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format_args!("{value:?}"));
    }
}

/// JSON lines that begin with the ids of the request or the job that they belong to.
struct WithIds(Format<Json, SystemTime>);

impl<S, N> FormatEvent<S, N> for WithIds
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    Format<Json, SystemTime>: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let around = event.parent().and_then(|id| ctx.span(id)).or_else(|| ctx.lookup_current());
        let Some((context, labels)) = around.and_then(|span| trace::labels(&span)) else {
            return self.0.format_event(ctx, writer, event);
        };
        let mut line = String::new();
        self.0.format_event(ctx, Writer::new(&mut line), event)?;
        write!(writer, "{{\"trace_id\":\"{}\",\"span_id\":\"{}\",", context.trace(), context.span())?;
        // Ids of requests are plain words: see `api::http::request_id`.
        if let Some(request) = labels.request {
            write!(writer, "\"request_id\":{request:?},")?;
        }
        if let Some(job) = labels.job {
            write!(writer, "\"job_id\":{job},")?;
        }
        writer.write_str(line.strip_prefix('{').unwrap_or(&line))
    }
}
