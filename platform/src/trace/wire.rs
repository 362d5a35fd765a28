//! Spans as the protocol writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use prost::Message as _;

use super::context::Context;
use super::span::{Kept, Kind, Value};

/// The trace is kept, and whether its parent was elsewhere is not known.
const SAMPLED: u32 = 1;

/// A span that has ended.
pub(super) fn span(context: Context, kept: Kept, ended: SystemTime) -> Span {
    let kind = match kept.kind {
        Kind::Internal => SpanKind::Internal,
        Kind::Server => SpanKind::Server,
        Kind::Client => SpanKind::Client,
        Kind::Producer => SpanKind::Producer,
        Kind::Consumer => SpanKind::Consumer,
    };
    let code = if kept.failed { StatusCode::Error } else { StatusCode::Unset };
    Span {
        trace_id: context.trace_id.to_vec(),
        span_id: context.span_id.to_vec(),
        parent_span_id: kept.parent.map(Vec::from).unwrap_or_default(),
        flags: SAMPLED,
        name: kept.name.into_owned(),
        kind: kind.into(),
        start_time_unix_nano: nanoseconds(kept.began),
        // A clock that was put back must not make it end before it began.
        end_time_unix_nano: nanoseconds(ended.max(kept.began)),
        attributes: kept.attributes.into_iter().map(|(name, value)| attribute(name, value)).collect(),
        status: Some(Status { code: code.into(), ..Status::default() }),
        ..Span::default()
    }
}

/// A text as a fact of the process.
pub(super) fn fact(name: &str, text: &str) -> KeyValue {
    attribute(name, Value::from(text))
}

/// A body to post.
pub(super) fn request(resource: &[KeyValue], spans: Vec<Span>) -> Vec<u8> {
    let scope = InstrumentationScope {
        name: "atelier".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    };
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }];
    let resource = Resource { attributes: resource.to_vec(), ..Resource::default() };
    let all = ResourceSpans { resource: Some(resource), scope_spans, ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![all] }.encode_to_vec()
}

/// How many spans a collector says that it did not take, although it took the body.
pub(super) fn refused(answer: &[u8]) -> u64 {
    let answer = ExportTraceServiceResponse::decode(answer).unwrap_or_default();
    let refused = answer.partial_success.map_or(0, |partial| partial.rejected_spans);
    u64::try_from(refused).unwrap_or(0)
}

fn attribute(name: &str, value: Value) -> KeyValue {
    let value = match value {
        Value::Text(text) => any_value::Value::StringValue(text.into_owned()),
        Value::Number(number) => any_value::Value::IntValue(number),
        Value::Flag(flag) => any_value::Value::BoolValue(flag),
    };
    KeyValue { key: name.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn nanoseconds(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
