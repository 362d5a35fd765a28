//! The topics of this process and who listens to them.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

use bytes::Bytes;
use tokio::sync::broadcast::{self, Sender};

use super::listener::Listener;

/// Messages kept for a slow listener.
const BACKLOG_MAX: usize = 64;
/// Topics without listeners are looked for whenever the map has doubled beyond this.
const SWEEP_MIN: usize = 64;

/// Cheap to clone; clones share the topics.
#[derive(Clone, Default)]
pub(super) struct Topics {
    map: Arc<Mutex<Map>>,
    listener: Arc<OnceLock<Arc<dyn Listener>>>,
}

#[derive(Default)]
struct Map {
    senders: HashMap<String, Sender<Bytes>>,
    sweep_at: usize,
    /// Topics of the listener.
    attended: HashSet<String>,
    /// How often messages may have been missed.
    losses: u64,
}

impl Topics {
    pub(super) fn subscribe(&self, topic: &str) -> broadcast::Receiver<Bytes> {
        let mut map = self.lock();
        if map.senders.len() >= map.sweep_at.max(SWEEP_MIN) {
            map.senders.retain(|_, sender| sender.receiver_count() > 0);
            map.sweep_at = map.senders.len() * 2;
        }
        map.senders.entry(topic.to_owned()).or_insert_with(|| broadcast::channel(BACKLOG_MAX).0).subscribe()
    }

    pub(super) fn deliver(&self, topic: &str, payload: Bytes) {
        let is_attended = {
            let mut map = self.lock();
            if let Some(sender) = map.senders.get(topic)
                && sender.send(payload.clone()).is_err()
            {
                // The last receiver left.
                map.senders.remove(topic);
            }
            map.attended.contains(topic)
        };
        if is_attended && let Some(listener) = self.listener.get() {
            listener.hear(topic, payload);
        }
    }

    /// The topics somebody listens to.
    pub(super) fn live(&self) -> HashSet<String> {
        let mut map = self.lock();
        map.senders.retain(|_, sender| sender.receiver_count() > 0);
        map.senders.keys().chain(&map.attended).cloned().collect()
    }

    /// Who hears what is attended: the first that says so.
    pub(super) fn listen(&self, listener: Arc<dyn Listener>) {
        let _ = self.listener.set(listener);
    }

    /// From here on the listener hears a topic; how often messages were missed before.
    pub(super) fn attend(&self, topic: &str) -> u64 {
        let mut map = self.lock();
        map.attended.insert(topic.to_owned());
        map.losses
    }

    pub(super) fn leave(&self, topic: &str) {
        self.lock().attended.remove(topic);
    }

    pub(super) fn losses(&self) -> u64 {
        self.lock().losses
    }

    /// Messages may have been missed: the listener hears nothing more of any topic before it attends to it again.
    pub(super) fn lose(&self) {
        {
            let mut map = self.lock();
            map.attended.clear();
            map.losses += 1;
        }
        if let Some(listener) = self.listener.get() {
            listener.lost();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Map> {
        // Nothing in here panics half-way, so what a panicking thread left is sound.
        self.map.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_topics_nobody_listens_to() {
        let topics = Topics::default();
        for n in 0..10 * SWEEP_MIN {
            drop(topics.subscribe(&n.to_string()));
        }
        assert!(topics.lock().senders.len() <= SWEEP_MIN);
        let _kept = topics.subscribe("kept");
        assert_eq!(topics.live(), HashSet::from(["kept".to_owned()]));
    }

    #[test]
    fn drops_the_oldest_for_a_slow_listener() {
        let topics = Topics::default();
        let mut slow = topics.subscribe("a");
        for n in 0..BACKLOG_MAX + 5 {
            topics.deliver("a", Bytes::from(vec![u8::try_from(n).unwrap()]));
        }
        assert!(matches!(slow.try_recv(), Err(broadcast::error::TryRecvError::Lagged(5))));
        assert_eq!(slow.try_recv().unwrap()[0], 5);
    }
}
