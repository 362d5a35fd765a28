//! What a collector of traces was sent, read with the protocol's own types.

use std::{collections::BTreeMap, time::Duration};

use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value},
    trace::v1::status::StatusCode,
};
use prost::Message;

use crate::collector::Collector;

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// One span.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Ids in hexadecimal; no parent is an empty text.
    pub trace: String,
    /// Its own id.
    pub span: String,
    /// That of the span it is part of.
    pub parent: String,
    /// Whether it says that it failed.
    pub failed: bool,
    /// What it tells, as texts.
    pub facts: BTreeMap<String, String>,
    /// What its process tells.
    pub process: BTreeMap<String, String>,
}

impl Seen {
    /// A fact; empty when there is none.
    pub fn fact(&self, name: &str) -> &str {
        self.facts.get(name).map_or("", String::as_str)
    }
}

/// Everything that came so far.
///
/// # Panics
/// When something is no request of the protocol.
pub fn seen(collector: &Collector) -> Vec<Seen> {
    let mut all = vec![];
    for posted in collector.posted() {
        let request = ExportTraceServiceRequest::decode(&*posted.body).expect("is protobuf");
        for resource in request.resource_spans {
            let process = texts(resource.resource.expect("tells its process").attributes);
            for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                assert!(span.end_time_unix_nano >= span.start_time_unix_nano && !span.name.is_empty());
                all.push(Seen {
                    name: span.name,
                    trace: hex(&span.trace_id),
                    span: hex(&span.span_id),
                    parent: hex(&span.parent_span_id),
                    failed: span.status.is_some_and(|status| status.code == StatusCode::Error as i32),
                    facts: texts(span.attributes),
                    process: process.clone(),
                });
            }
        }
    }
    all
}

/// Waits until the spans that came are as they should be.
///
/// # Panics
/// When they never are.
pub async fn wait_for(collector: &Collector, what: &str, are_there: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
    let looked = async {
        loop {
            let spans = seen(collector);
            if are_there(&spans) {
                return spans;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looked).await;
    found.unwrap_or_else(|_| panic!("{what} never came: {:#?}", seen(collector)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn texts(facts: Vec<KeyValue>) -> BTreeMap<String, String> {
    let text = |value: Value| match value {
        Value::StringValue(text) => text,
        Value::IntValue(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    let fact = |fact: KeyValue| Some((fact.key, text(fact.value?.value?)));
    facts.into_iter().filter_map(fact).collect()
}
