//! The Redis side: one connection to publish, one to listen, both made again when lost.

use std::collections::HashSet;
use std::time::Duration;

use ::redis::aio::{ConnectionManager, ConnectionManagerConfig, PubSub, PubSubSink, PubSubStream};
use ::redis::{Client, RedisError};
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::sync::{mpsc, oneshot};

use super::BusError;
use super::local::Topics;

const ANSWER_MAX: Duration = Duration::from_secs(1);
const CONNECT_MAX: Duration = Duration::from_secs(2);
const RETRY_MIN: Duration = Duration::from_millis(100);
const RETRY_MAX: Duration = Duration::from_secs(5);
/// How often subscriptions without listeners are given up, and a connection that died without a word is noticed.
const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// Subscriptions waiting to be made.
const WAITING_MAX: usize = 1024;
/// Subscriptions that are made at a time.
const TOGETHER_MAX: usize = 256;

/// Our end of Redis. Dropping it ends the listening task.
pub(super) struct Remote {
    prefix: String,
    connection: ConnectionManager,
    wanted: mpsc::Sender<Wanted>,
}

struct Wanted {
    topic: String,
    done: oneshot::Sender<()>,
}

impl Remote {
    pub(super) fn start(uri: &str, tenant: &str, topics: Topics) -> Result<Remote, BusError> {
        let client = Client::open(uri).map_err(BusError::Address)?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(CONNECT_MAX))
            .set_response_timeout(Some(ANSWER_MAX))
            .set_number_of_retries(1)
            .set_max_delay(RETRY_MAX);
        let connection = client.get_connection_manager_lazy(config).map_err(BusError::Address)?;
        let (wanted, receiver) = mpsc::channel(WAITING_MAX);
        let prefix = format!("{tenant}.");
        let listener = Listener { client, prefix: prefix.clone(), topics, wanted: receiver };
        tokio::spawn(listener.run());
        Ok(Remote { prefix, connection, wanted })
    }

    pub(super) async fn publish(&self, topic: &str, payload: &[u8]) -> Result<(), BusError> {
        let mut connection = self.connection.clone();
        let channel = format!("{}{topic}", self.prefix);
        Ok(::redis::cmd("PUBLISH").arg(channel).arg(payload).query_async(&mut connection).await?)
    }

    pub(super) async fn ping(&self) -> Result<(), BusError> {
        let mut connection = self.connection.clone();
        let _: String = ::redis::cmd("PING").query_async(&mut connection).await?;
        Ok(())
    }

    /// Waits until Redis confirmed the subscription.
    pub(super) async fn subscribe(&self, topic: &str) -> Result<(), BusError> {
        let (done, confirmed) = oneshot::channel();
        let wanted = Wanted { topic: topic.to_owned(), done };
        self.wanted.send(wanted).await.map_err(|_| BusError::Lost)?;
        confirmed.await.map_err(|_| BusError::Lost)
    }
}

struct Listener {
    client: Client,
    prefix: String,
    topics: Topics,
    wanted: mpsc::Receiver<Wanted>,
}

/// How a connection's listening ended.
enum Ended {
    Lost,
    Closed,
}

impl Listener {
    async fn run(mut self) {
        let mut pause = RETRY_MIN;
        while !self.wanted.is_closed() {
            match tokio::time::timeout(CONNECT_MAX, self.client.get_async_pubsub()).await {
                Ok(Ok(connection)) => {
                    pause = RETRY_MIN;
                    if matches!(self.listen(connection).await, Ok(Ended::Closed)) {
                        return;
                    }
                    tracing::warn!("the connection that listens to Redis is lost: messages may be missed");
                    self.topics.lose();
                }
                Ok(Err(error)) => tracing::debug!(%error, "Redis cannot be listened to"),
                Err(_) => tracing::debug!("Redis does not accept connections"),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(RETRY_MAX);
        }
    }

    async fn listen(&mut self, connection: PubSub) -> Result<Ended, BusError> {
        let (mut sink, mut messages): (PubSubSink, PubSubStream) = connection.split();
        let mut listening = HashSet::new();
        self.follow(&mut sink, &mut listening).await?;
        let mut sweep = tokio::time::interval(SWEEP_EVERY);
        let mut together = Vec::new();
        loop {
            tokio::select! {
                message = messages.next() => {
                    let Some(message) = message else { return Ok(Ended::Lost) };
                    if let Some(topic) = message.get_channel_name().strip_prefix(&self.prefix) {
                        self.topics.deliver(topic, Bytes::copy_from_slice(message.get_payload_bytes()));
                    }
                }
                count = self.wanted.recv_many(&mut together, TOGETHER_MAX) => {
                    if count == 0 {
                        return Ok(Ended::Closed);
                    }
                    self.begin(&mut sink, &mut listening, &together).await?;
                    for wanted in together.drain(..) {
                        // Whoever does not wait any more.
                        let _ = wanted.done.send(());
                    }
                }
                _ = sweep.tick() => self.follow(&mut sink, &mut listening).await?,
            }
        }
    }

    /// Makes subscriptions that are not there yet.
    async fn begin(
        &self,
        sink: &mut PubSubSink,
        listening: &mut HashSet<String>,
        wanted: &[Wanted],
    ) -> Result<(), BusError> {
        let new: HashSet<&String> =
            wanted.iter().map(|wanted| &wanted.topic).filter(|topic| !listening.contains(*topic)).collect();
        if !new.is_empty() {
            answered(sink.subscribe(self.channels(new.iter().copied()))).await?;
        }
        listening.extend(new.into_iter().cloned());
        Ok(())
    }

    /// Makes the subscriptions equal to what somebody listens to; also notices a dead connection.
    async fn follow(&self, sink: &mut PubSubSink, listening: &mut HashSet<String>) -> Result<(), BusError> {
        let _: ::redis::Value = answered(sink.ping()).await?;
        let live = self.topics.live();
        let (new, old) =
            (self.channels(live.difference(listening)), self.channels(listening.difference(&live)));
        for some in new.chunks(TOGETHER_MAX) {
            answered(sink.subscribe(some)).await?;
        }
        for some in old.chunks(TOGETHER_MAX) {
            answered(sink.unsubscribe(some)).await?;
        }
        *listening = live;
        Ok(())
    }

    fn channels<'t>(&self, topics: impl Iterator<Item = &'t String>) -> Vec<String> {
        topics.map(|topic| format!("{}{topic}", self.prefix)).collect()
    }
}

/// A half-open connection never answers: that must not stop the listening for good.
async fn answered<T>(request: impl Future<Output = Result<T, RedisError>>) -> Result<T, BusError> {
    Ok(tokio::time::timeout(CONNECT_MAX, request).await.map_err(|_| BusError::Timeout)??)
}
