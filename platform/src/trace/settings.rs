//! What decides which spans are sent, and where to.

use std::time::Duration;

use reqwest::header::HeaderMap;
use url::Url;

use super::sampler::Sampler;

/// Traces. `Debug` hides the values of the headers.
#[derive(Clone, Debug)]
pub struct TraceSettings {
    /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, or `OTEL_EXPORTER_OTLP_ENDPOINT` with `/v1/traces`: where spans are
    /// posted. `None`: nowhere. There is no default.
    pub endpoint: Option<Url>,
    /// `OTEL_EXPORTER_OTLP_HEADERS`: headers of every post, all marked as sensitive.
    pub headers: HeaderMap,
    /// `OTEL_EXPORTER_OTLP_TIMEOUT`: how long one post may take. Default 10 s.
    pub timeout: Duration,
    /// `OTEL_SERVICE_NAME`. Default atelier.
    pub service: String,
    /// `OTEL_RESOURCE_ATTRIBUTES`: facts about this process, for every span.
    pub resource: Vec<(String, String)>,
    /// `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`. Default `parentbased_always_on`.
    pub sampler: Sampler,
    /// `OTEL_BSP_MAX_QUEUE_SIZE`: spans that wait to be sent; more are dropped and counted. Default 2048.
    pub queue_max: usize,
    /// `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`: spans in one post. Default 512.
    pub batch_max: usize,
    /// `OTEL_BSP_SCHEDULE_DELAY`: how long a span waits for company. Default 5 s.
    pub delay: Duration,
}
