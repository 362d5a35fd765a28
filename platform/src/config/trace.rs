//! Where traces are sent to: the names that OpenTelemetry gave these settings.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::variables::Variables;
use crate::trace::{Sampler, TraceSettings};

/// Headers, and facts about the process, at most.
const PAIRS_MAX: usize = 32;
const SAMPLERS: &str = "always_on, always_off, traceidratio, or one of these after parentbased_";

/// Reads them all.
pub(super) fn read(vars: &mut Variables) -> TraceSettings {
    let off = vars.var("OTEL_SDK_DISABLED", "true: no traces are sent.").boolean(false);
    let exporter = vars.var("OTEL_TRACES_EXPORTER", "How traces are sent: otlp, or none.").parsed(
        true,
        "otlp or none",
        |sent| if *sent { "otlp" } else { "none" }.to_owned(),
        |text| match text {
            "otlp" => Some(true),
            "none" => Some(false),
            _ => None,
        },
    );
    let endpoint = endpoint(vars).filter(|_| exporter && !off);
    TraceSettings {
        endpoint,
        headers: headers(vars),
        timeout: milliseconds(
            vars,
            "OTEL_EXPORTER_OTLP_TIMEOUT",
            "How long one post of spans may take, milliseconds.",
            10_000,
        ),
        service: vars.var("OTEL_SERVICE_NAME", "What this service is called in traces.").text("atelier"),
        resource: resource(vars),
        sampler: sampler(vars),
        queue_max: vars
            .var("OTEL_BSP_MAX_QUEUE_SIZE", "Spans that wait to be sent; more are dropped and counted.")
            .number(2048, 1..=100_000),
        batch_max: vars.var("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "Spans in one post.").number(512, 1..=10_000),
        delay: milliseconds(
            vars,
            "OTEL_BSP_SCHEDULE_DELAY",
            "How long a span waits for company before it is sent, milliseconds.",
            5_000,
        ),
    }
}

fn milliseconds(vars: &mut Variables, name: &'static str, meaning: &'static str, default: u64) -> Duration {
    Duration::from_millis(vars.var(name, meaning).number(default, 1..=600_000))
}

fn endpoint(vars: &mut Variables) -> Option<Url> {
    let base = vars
        .var(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "The collector of traces, such as http://127.0.0.1:4318; unset: none.",
        )
        .optional_plain_url();
    let own = vars
        .var(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "The whole address for traces, when it is another than the collector's /v1/traces.",
        )
        .optional_plain_url();
    let protocol = vars.var("OTEL_EXPORTER_OTLP_PROTOCOL", "How the collector is spoken to.");
    protocol.or(&["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"]).parsed(
        "http/protobuf".to_owned(),
        "http/protobuf, the only one that is spoken here",
        String::clone,
        |text| (text == "http/protobuf").then(|| text.to_owned()),
    );
    let below = |mut base: Url| {
        let path = format!("{}/v1/traces", base.path().trim_end_matches('/'));
        base.set_path(&path);
        base
    };
    own.or_else(|| base.map(below))
}

fn headers(vars: &mut Variables) -> HeaderMap {
    let variable = vars.var(
        "OTEL_EXPORTER_OTLP_HEADERS",
        "Headers of every post of spans, as name=value with commas between.",
    );
    let should = "name=value pairs of headers with commas between, 32 at most";
    let read = variable.secret().optional(
        None,
        should,
        |_| String::new(),
        |text| {
            let header = |(name, value): (String, String)| {
                let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
                let mut value = HeaderValue::from_str(&value).ok()?;
                value.set_sensitive(true);
                Some((name, value))
            };
            pairs(text)?.into_iter().map(header).collect::<Option<HeaderMap>>()
        },
    );
    read.unwrap_or_default()
}

fn resource(vars: &mut Variables) -> Vec<(String, String)> {
    vars.var(
        "OTEL_RESOURCE_ATTRIBUTES",
        "Facts about this process for every span, as name=value with commas between.",
    )
    .parsed(
        vec![],
        "name=value pairs with commas between, 32 at most",
        |pairs| pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(","),
        pairs,
    )
}

/// `name=value,name=value`; what a comma would be is written `%2C`.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        let name = name.trim();
        let decoded = percent_decoded(value.trim())?;
        (!name.is_empty()).then(|| (name.to_owned(), decoded))
    };
    let parts: Vec<&str> = text.split(',').filter(|part| !part.trim().is_empty()).collect();
    (parts.len() <= PAIRS_MAX).then(|| parts.into_iter().map(pair).collect())?
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let code = hex::decode(rest.get(..2)?).ok()?;
        bytes.extend(code);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

fn sampler(vars: &mut Variables) -> Sampler {
    let known = |text: &str| {
        let (parent_based, rule) = match text.strip_prefix("parentbased_") {
            Some(rule) => (true, rule),
            None => (false, text),
        };
        ["always_on", "always_off", "traceidratio"].contains(&rule).then(|| (parent_based, rule.to_owned()))
    };
    let (parent_based, rule) = vars.var("OTEL_TRACES_SAMPLER", "Which traces are kept.").parsed(
        (true, "always_on".to_owned()),
        SAMPLERS,
        |(parent_based, rule)| format!("{}{rule}", if *parent_based { "parentbased_" } else { "" }),
        known,
    );
    let ratio = vars.var("OTEL_TRACES_SAMPLER_ARG", "With traceidratio: the share of traces kept.").parsed(
        1.0,
        "a share from 0 to 1, such as 0.1",
        f64::to_string,
        |text| text.parse().ok().filter(|share| (0.0..=1.0).contains(share)),
    );
    let ratio = match rule.as_str() {
        "always_off" => 0.0,
        "traceidratio" => ratio,
        _ => 1.0,
    };
    Sampler { parent_based, ratio }
}
