//! One socket, as topics see it: who it is, and the queue of what it is told.

use super::{
    ending::Ending,
    frame::Frame,
    limits::{QUEUE_BYTES_MAX, QUEUE_LENGTH_MAX},
};
use entities::ids::{ProfileId, SessionId};
use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicUsize, Ordering::Relaxed},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// One socket.
pub struct Peer {
    /// Its own name, which no client knows.
    pub id: Uuid,
    /// Whose it is.
    pub profile: ProfileId,
    /// The session that its cookie stood for.
    pub login: SessionId,
    /// The tab, as its client calls it.
    pub session: Uuid,
    queue: mpsc::Sender<Arc<Frame>>,
    queued_bytes: AtomicUsize,
    ending: OnceLock<Ending>,
    ended: CancellationToken,
}

/// What a socket is told, in order.
pub type Queue = mpsc::Receiver<Arc<Frame>>;

impl Peer {
    /// A new one, and what it will be told.
    pub fn new(profile: ProfileId, login: SessionId, session: Uuid) -> (Arc<Peer>, Queue) {
        let (queue, told) = mpsc::channel(QUEUE_LENGTH_MAX);
        let peer = Peer {
            id: platform::ids::random_id(),
            profile,
            login,
            session,
            queue,
            queued_bytes: AtomicUsize::new(0),
            ending: OnceLock::new(),
            ended: CancellationToken::new(),
        };
        (Arc::new(peer), told)
    }

    /// Tells it. One that has too much waiting ends: it would miss something otherwise, and not know.
    pub fn tell(&self, frame: &Arc<Frame>) {
        let waiting = self.queued_bytes.fetch_add(frame.len(), Relaxed);
        let is_too_much = waiting > 0 && waiting + frame.len() > QUEUE_BYTES_MAX;
        if is_too_much
            || matches!(self.queue.try_send(Arc::clone(frame)), Err(mpsc::error::TrySendError::Full(_)))
        {
            self.end(Ending::Slow);
        }
    }

    /// Its client has taken something.
    pub fn taken(&self, frame: &Frame) {
        self.queued_bytes.fetch_sub(frame.len(), Relaxed);
    }

    /// Ends it. The first reason stays.
    pub fn end(&self, why: Ending) {
        let _ = self.ending.set(why);
        self.ended.cancel();
    }

    /// Returns when somebody ends it.
    pub async fn ended(&self) -> Ending {
        self.ended.cancelled().await;
        self.ending.get().copied().unwrap_or(Ending::Failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transit::value::Value;

    fn peer() -> (Arc<Peer>, Queue) {
        Peer::new(ProfileId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)), Uuid::from_u128(3))
    }

    fn frame(bytes: usize) -> Arc<Frame> {
        Arc::new(Frame::of(&Value::text(&"a".repeat(bytes)), None))
    }

    #[tokio::test]
    async fn too_many_messages_end_it() {
        let (peer, _told) = peer();
        let small = frame(1);
        for _ in 0..QUEUE_LENGTH_MAX {
            peer.tell(&small);
        }
        assert!(!peer.ended.is_cancelled());
        peer.tell(&small);
        assert_eq!(peer.ended().await, Ending::Slow);
        peer.end(Ending::Stopping);
        assert_eq!(peer.ended().await, Ending::Slow, "the first reason stays");
    }

    #[tokio::test]
    async fn too_many_bytes_end_it_and_one_large_message_does_not() {
        let (peer, mut told) = peer();
        peer.tell(&frame(QUEUE_BYTES_MAX + 1));
        assert!(!peer.ended.is_cancelled(), "it waits alone");
        peer.taken(&told.recv().await.unwrap());
        peer.tell(&frame(QUEUE_BYTES_MAX / 2));
        peer.tell(&frame(QUEUE_BYTES_MAX / 4));
        assert!(!peer.ended.is_cancelled());
        peer.tell(&frame(QUEUE_BYTES_MAX / 2));
        assert_eq!(peer.ended().await, Ending::Slow);
    }
}
