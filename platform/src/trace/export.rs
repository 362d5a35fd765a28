//! Sends spans, in batches, on a task of its own. Nobody who ends a span waits for that: what finds no room is dropped
//! and counted, and so is what the collector does not take.

use std::time::Duration;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use tokio::sync::mpsc::{self, Receiver, Sender, error::TrySendError};
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::settings::TraceSettings;
use super::wire;
use crate::metrics::names;
use crate::outbound;

/// Tries for one batch; then it is given up.
const TRIES_MAX: u32 = 4;
/// The waits between, growing.
const PAUSE_MIN: Duration = Duration::from_secs(1);
/// What is left at the end has this long.
const FLUSH_MAX: Duration = Duration::from_secs(3);
/// Bytes of an answer that are looked at.
const ANSWER_MAX: usize = 64 << 10;

/// Where ended spans are put. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Outbox(Sender<Span>);

impl Outbox {
    /// Never waits.
    pub(super) fn put(&self, span: Span) {
        match self.0.try_send(span) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => count("no_room", 1),
            Err(TrySendError::Closed(_)) => count("lost", 1),
        }
    }
}

/// The sending of spans of this process; nothing where they are sent nowhere.
#[derive(Debug, Default)]
pub struct Traces(Option<Sending>);

#[derive(Debug)]
struct Sending {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Traces {
    /// Starts to send, when there is somewhere to send to. Needs a tokio runtime.
    pub(crate) fn start(settings: &TraceSettings) -> (Traces, Option<Outbox>) {
        let Some(endpoint) = settings.endpoint.clone() else { return (Traces::default(), None) };
        let (sender, spans) = mpsc::channel(settings.queue_max);
        let stop = CancellationToken::new();
        let post = Post { endpoint, settings: settings.clone(), resource: resource(settings), client: None };
        let task = tokio::spawn(send_all(post, spans, stop.clone()));
        (Traces(Some(Sending { stop, task })), Some(Outbox(sender)))
    }

    /// Sends what is left, for 3 s at most; what comes later is lost. Call it when all else has ended.
    pub async fn flush(self) {
        let Some(Sending { stop, mut task }) = self.0 else { return };
        stop.cancel();
        if tokio::time::timeout(FLUSH_MAX, &mut task).await.is_err() {
            task.abort();
            tracing::warn!("the collector of traces was too slow: the last spans are lost");
        }
    }
}

fn resource(settings: &TraceSettings) -> Vec<KeyValue> {
    let instance = crate::ids::random_id().to_string();
    let own = [
        ("service.name", settings.service.as_str()),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", &instance),
    ];
    let is_set = |name: &str| settings.resource.iter().any(|(set, _)| set == name && name != "service.name");
    let own = own.iter().filter(|(name, _)| !is_set(name)).map(|(name, text)| wire::fact(name, text));
    let given = settings.resource.iter().filter(|(name, _)| name != "service.name");
    own.chain(given.map(|(name, text)| wire::fact(name, text))).collect()
}

fn count(outcome: &'static str, spans: u64) {
    metrics::counter!(names::TRACE_SPANS, "outcome" => outcome).increment(spans);
}

async fn send_all(mut post: Post, mut spans: Receiver<Span>, stop: CancellationToken) {
    let mut working = true;
    loop {
        let batch = collect(&mut spans, &post.settings, &stop).await;
        if batch.is_empty() {
            return;
        }
        let size = batch.len() as u64;
        let body = wire::request(&post.resource, batch);
        match post.persist(body, &stop).await {
            Ok(refused) => {
                count("sent", size.saturating_sub(refused));
                count("refused", refused);
                if !working {
                    tracing::info!("the collector takes traces again");
                }
                working = true;
            }
            Err(error) => {
                count(if error.again { "lost" } else { "refused" }, size);
                // Told once, not with each batch.
                if working {
                    tracing::warn!(reason = error.text, "traces cannot be sent");
                }
                working = false;
            }
        }
    }
}

/// The next batch: full, or as old as may be, or all that is left when it is over. Empty: it is over.
async fn collect(
    spans: &mut Receiver<Span>,
    settings: &TraceSettings,
    stop: &CancellationToken,
) -> Vec<Span> {
    let mut batch = Vec::new();
    let mut deadline = None;
    while batch.len() < settings.batch_max {
        let room = settings.batch_max - batch.len();
        let due = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            got = spans.recv_many(&mut batch, room) => if got == 0 { break },
            () = stop.cancelled() => break,
            () = due => break,
        }
        deadline = deadline.or_else(|| Some(Instant::now() + settings.delay));
    }
    batch
}

/// Why a batch did not arrive.
struct Failure {
    text: String,
    /// Trying again may help.
    again: bool,
}

struct Post {
    endpoint: Url,
    settings: TraceSettings,
    resource: Vec<KeyValue>,
    client: Option<Client>,
}

impl Post {
    /// Tries until the batch is taken, is refused for good, or has been tried often enough; once only when the process
    /// ends. Gives how many of its spans were refused.
    async fn persist(&mut self, body: Vec<u8>, stop: &CancellationToken) -> Result<u64, Failure> {
        let mut pause = PAUSE_MIN;
        for _ in 1..TRIES_MAX {
            match self.once(body.clone()).await {
                Err(failure) if failure.again && !stop.is_cancelled() => {
                    let _ = tokio::time::timeout(pause, stop.cancelled()).await;
                    pause *= 2;
                }
                done => return done,
            }
        }
        self.once(body).await
    }

    async fn once(&mut self, body: Vec<u8>) -> Result<u64, Failure> {
        let failed = |text: String| Failure { text, again: true };
        let client = match &self.client {
            Some(client) => client.clone(),
            None => outbound::client().await.map_err(|error| failed(error.to_string()))?,
        };
        self.client = Some(client.clone());
        let request = client.post(self.endpoint.clone()).headers(self.settings.headers.clone());
        let request = request.header(CONTENT_TYPE, "application/x-protobuf").timeout(self.settings.timeout);
        let without = |error: reqwest::Error| failed(error.without_url().to_string());
        let mut answer = request.body(body).send().await.map_err(without)?;
        let status = answer.status();
        if !status.is_success() {
            let again = matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504);
            return Err(Failure { text: format!("the collector answers {status}"), again });
        }
        let mut bytes = vec![];
        while bytes.len() < ANSWER_MAX
            && let Some(piece) = answer.chunk().await.map_err(without)?
        {
            bytes.extend_from_slice(&piece);
        }
        Ok(wire::refused(&bytes))
    }
}
