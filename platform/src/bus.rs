//! Messages between connections and processes: in this process, or through Redis as `<tenant>.<topic>`.
//!
//! Best effort, as a person would shout across the room: who is not listening misses it, and a bus that is
//! down slows nobody. What must not get lost belongs in the database.

mod error;
mod listener;
mod local;
mod redis;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::broadcast;
use tracing::Instrument as _;

use crate::metrics::names;
pub use error::{BusError, MESSAGE_BYTES_MAX};
pub use listener::Listener;
use local::Topics;
use redis::Remote;

/// How long [`Bus::publish`] takes at most.
pub const PUBLISH_MAX: Duration = Duration::from_secs(1);

/// How long [`Bus::attend`] takes at most.
pub const ATTEND_MAX: Duration = Duration::from_secs(2);

/// Sends and receives messages by topic. Cheap to clone.
#[derive(Clone)]
pub struct Bus {
    inner: Arc<Inner>,
}

struct Inner {
    topics: Topics,
    remote: Option<Remote>,
    failing: AtomicBool,
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.inner.remote.is_some() { "Bus(redis)" } else { "Bus(in process)" })
    }
}

impl Bus {
    /// A bus within this process.
    pub fn in_process() -> Bus {
        Bus::of(Topics::default(), None)
    }

    /// A bus through the Redis at `uri`, apart from other tenants. Connects in the background and again
    /// whenever the connection is lost. Needs a tokio runtime.
    ///
    /// # Errors
    /// [`BusError::Address`].
    pub fn redis(uri: &str, tenant: &str) -> Result<Bus, BusError> {
        let topics = Topics::default();
        let remote = Remote::start(uri, tenant, topics.clone())?;
        Ok(Bus::of(topics, Some(remote)))
    }

    fn of(topics: Topics, remote: Option<Remote>) -> Bus {
        Bus { inner: Arc::new(Inner { topics, remote, failing: AtomicBool::new(false) }) }
    }

    /// Whether messages reach other processes.
    pub fn is_shared(&self) -> bool {
        self.inner.remote.is_some()
    }

    /// Sends `payload` to whoever listens to `topic` now. Returns after at most [`PUBLISH_MAX`]; a failure is
    /// counted, and logged once until it works again.
    pub async fn publish(&self, topic: &str, payload: impl Into<Bytes>) {
        let payload = payload.into();
        let sent = match &self.inner.remote {
            _ if payload.len() > MESSAGE_BYTES_MAX => Err(BusError::TooLarge),
            None => {
                self.inner.topics.deliver(topic, payload);
                Ok(())
            }
            Some(remote) => {
                let step = crate::step!("publish", otel.kind = "client", db.system.name = "redis");
                within(PUBLISH_MAX, remote.publish(topic, &payload)).instrument(step).await
            }
        };
        match sent {
            Ok(()) => {
                if self.inner.failing.swap(false, Ordering::Relaxed) {
                    tracing::info!("messages are delivered again");
                }
            }
            Err(error) => {
                metrics::counter!(names::BUS_FAILURES).increment(1);
                if !self.inner.failing.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, topic, "messages are not delivered");
                }
            }
        }
    }

    /// Listens to `topic` until the receiver is dropped. Messages sent after this returned arrive, unless
    /// Redis is down or the receiver falls more than 64 behind (it then gets `Lagged` and goes on).
    pub async fn subscribe(&self, topic: &str) -> broadcast::Receiver<Bytes> {
        let receiver = self.inner.topics.subscribe(topic);
        if let Some(remote) = &self.inner.remote {
            // Late is better than never: the subscription is made once Redis answers again.
            let _ = tokio::time::timeout(PUBLISH_MAX, remote.subscribe(topic)).await;
        }
        receiver
    }

    /// Says who hears what is attended to. A process has one listener: of two the first stays.
    pub fn listen(&self, listener: Arc<dyn Listener>) {
        self.inner.topics.listen(listener);
    }

    /// The listener hears `topic` from when this returns, every message in the order of Redis, until it is left or
    /// the listener is told that messages are lost.
    ///
    /// # Errors
    /// [`BusError::Timeout`] when Redis does not confirm it within [`ATTEND_MAX`], [`BusError::Lost`] when messages
    /// were lost meanwhile.
    pub async fn attend(&self, topic: &str) -> Result<(), BusError> {
        let losses = self.inner.topics.attend(topic);
        let Some(remote) = &self.inner.remote else { return Ok(()) };
        within(ATTEND_MAX, remote.subscribe(topic)).await?;
        if self.inner.topics.losses() == losses { Ok(()) } else { Err(BusError::Lost) }
    }

    /// The listener hears `topic` no more.
    pub fn leave(&self, topic: &str) {
        self.inner.topics.leave(topic);
    }

    /// Asks Redis for an answer; in process there is nothing to ask.
    ///
    /// # Errors
    /// [`BusError::Redis`], [`BusError::Timeout`].
    pub async fn ping(&self) -> Result<(), BusError> {
        match &self.inner.remote {
            Some(remote) => within(PUBLISH_MAX, remote.ping()).await,
            None => Ok(()),
        }
    }
}

async fn within(limit: Duration, work: impl Future<Output = Result<(), BusError>>) -> Result<(), BusError> {
    tokio::time::timeout(limit, work).await.unwrap_or(Err(BusError::Timeout))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn delivers_to_listeners_of_the_topic_only() {
        let bus = Bus::in_process();
        let mut team = bus.subscribe("team").await;
        let mut file = bus.subscribe("file").await;
        bus.publish("team", vec![1]).await;
        bus.publish("nobody", vec![2]).await;
        assert_eq!(team.recv().await.unwrap(), Bytes::from_static(&[1]));
        assert!(file.try_recv().is_err() && team.try_recv().is_err());
    }

    #[tokio::test]
    async fn refuses_huge_messages_and_goes_on() {
        let bus = Bus::in_process();
        let mut team = bus.subscribe("team").await;
        bus.publish("team", vec![0; MESSAGE_BYTES_MAX + 1]).await;
        bus.publish("team", vec![1]).await;
        assert_eq!(team.recv().await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn an_absent_redis_costs_little_time() {
        // Port 9 on loopback refuses at once.
        let bus = Bus::redis("redis://127.0.0.1:9/0", "default").unwrap();
        let limit = PUBLISH_MAX + Duration::from_secs(1);
        tokio::time::timeout(limit, bus.publish("team", vec![1])).await.expect("gives up in time");
        assert!(bus.ping().await.is_err());
        assert!(Bus::redis("http://nonsense", "default").is_err());
    }

    #[derive(Default)]
    struct Heard(std::sync::Mutex<Vec<String>>);

    impl Listener for Heard {
        fn hear(&self, topic: &str, payload: Bytes) {
            self.0.lock().unwrap().push(format!("{topic}: {}", String::from_utf8_lossy(&payload)));
        }

        fn lost(&self) {
            self.0.lock().unwrap().push("lost".to_owned());
        }
    }

    #[tokio::test]
    async fn the_listener_hears_what_is_attended_to() {
        let (bus, heard) = (Bus::in_process(), Arc::new(Heard::default()));
        bus.listen(Arc::clone(&heard) as Arc<dyn Listener>);
        bus.publish("team", "before").await;
        bus.attend("team").await.unwrap();
        bus.publish("team", "one").await;
        bus.publish("file", "other").await;
        bus.inner.topics.lose();
        bus.publish("team", "after a loss").await;
        bus.attend("team").await.unwrap();
        bus.publish("team", "two").await;
        bus.leave("team");
        bus.publish("team", "left").await;
        assert_eq!(*heard.0.lock().unwrap(), ["team: one", "lost", "team: two"]);
    }
}
