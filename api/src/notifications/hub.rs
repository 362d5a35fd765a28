//! All sockets of this process, and the topics that they hear. The bus is listened to once for each topic, however many
//! sockets hear it.

mod subscribe;
mod take_away;

use super::{
    ending::Ending,
    limits::{SOCKETS_MAX, SOCKETS_PER_PERSON_MAX, SUBSCRIBING_MAX},
    peer::{Peer, Queue},
    relay,
    tools::Tools,
    topic::{Item, Topic},
};
use crate::rpc::error::{Error, Fault, Result};
use bytes::Bytes;
use domain::{event::Event, permission};
use entities::ids::{FileId, ProfileId, SessionId};
use platform::{app::App, bus::Listener, metrics::names, vitals};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError, Weak},
};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The topic of what concerns everybody.
const EVERYBODY: Uuid = Uuid::nil();
/// A topic may go just when somebody joins it; it does not do so this often.
const JOINS_MAX: usize = 10;

/// All sockets of this process. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

/// A hub that is let go when its server is.
#[derive(Clone)]
pub struct WeakHub(Weak<Inner>);

struct Inner {
    tools: Arc<Tools>,
    draining: CancellationToken,
    sockets: Mutex<HashMap<Uuid, Seat>>,
    topics: Mutex<HashMap<Uuid, Arc<Topic>>>,
    sockets_max: usize,
    subscribing: Semaphore,
    listening: Once,
}

/// A socket and what it hears.
struct Seat {
    peer: Arc<Peer>,
    team: Option<Arc<Topic>>,
    file: Option<Arc<Topic>>,
    /// What a former socket of the tab had open: others believe that it is there until they hear otherwise.
    owed: Option<FileId>,
}

/// What a topic is about.
#[derive(Clone, Copy)]
enum Of {
    File(FileId),
    Other(Uuid),
}

impl Of {
    fn id(self) -> Uuid {
        match self {
            Of::File(file) => file.0,
            Of::Other(id) => id,
        }
    }
}

/// Hears the bus.
struct Ear(Weak<Inner>);

impl Listener for Ear {
    fn hear(&self, topic: &str, payload: Bytes) {
        let (Some(inner), Ok(id)) = (self.0.upgrade(), topic.parse()) else { return };
        let found = inner.topics().get(&id).cloned();
        if let Some(topic) = found {
            relay::put(&inner.tools, &topic, Item::Heard(payload));
        }
    }

    fn lost(&self) {
        let Some(inner) = self.0.upgrade() else { return };
        // Whoever comes now listens anew.
        inner.topics().clear();
        inner.sockets().values().for_each(|seat| seat.peer.end(Ending::Missed));
    }
}

impl Hub {
    /// Nobody yet. From `draining` on nobody is let in.
    pub fn new(app: &App, draining: CancellationToken) -> Hub {
        let tools = Arc::new(Tools { app: app.clone(), look: Notify::new() });
        Hub(Arc::new(Inner {
            tools,
            draining,
            sockets: Mutex::default(),
            topics: Mutex::default(),
            sockets_max: SOCKETS_MAX.min(vitals::files_max() / 4 * 3),
            subscribing: Semaphore::new(SUBSCRIBING_MAX),
            listening: Once::new(),
        }))
    }

    /// The drivers.
    pub fn app(&self) -> &App {
        &self.0.tools.app
    }

    /// Cancelled when this process is about to stop.
    pub fn draining(&self) -> CancellationToken {
        self.0.draining.clone()
    }

    /// Ends every socket, because this process is about to stop.
    pub fn stop(&self) {
        self.0.sockets().values().for_each(|seat| seat.peer.end(Ending::Stopping));
    }

    /// Returns when it should be looked whether sockets may still hear what they hear.
    pub async fn should_look(&self) {
        self.0.tools.look.notified().await;
    }

    /// Itself, without keeping it.
    pub fn downgrade(&self) -> WeakHub {
        WeakHub(Arc::downgrade(&self.0))
    }

    /// Begins to listen; `first` is done the first time.
    pub fn listen(&self, first: impl FnOnce()) {
        self.0.listening.call_once(|| {
            self.app().bus.listen(Arc::new(Ear(Arc::downgrade(&self.0))));
            first();
        });
    }

    /// Gives a new socket a place. One of the same tab that is still there is a former one.
    ///
    /// # Errors
    /// `too-many-sockets` when there are too many, of the person or at all; `stopping` when this process is about to
    /// stop.
    pub fn sit(&self, profile: ProfileId, login: SessionId, session: Uuid) -> Result<(Arc<Peer>, Queue)> {
        let mut sockets = self.0.sockets();
        if self.0.draining.is_cancelled() {
            return Err(Error::new(Fault::Unavailable, "stopping"));
        }
        let own = || sockets.values().filter(|seat| seat.peer.profile == profile);
        if sockets.len() >= self.0.sockets_max || own().count() >= SOCKETS_PER_PERSON_MAX {
            return Err(Error::new(Fault::Busy, "too-many-sockets"));
        }
        let mut owed = None;
        for former in own().filter(|seat| seat.peer.session == session) {
            former.peer.end(Ending::Replaced);
            owed = former.open().or(owed);
        }
        let (peer, queue) = Peer::new(profile, login, session);
        let seat = Seat { peer: Arc::clone(&peer), team: None, file: None, owed };
        sockets.insert(peer.id, seat);
        metrics::gauge!(names::SOCKETS).set(count(sockets.len()));
        Ok((peer, queue))
    }

    /// A socket hears its person's topic from here on, and everybody's.
    ///
    /// # Errors
    /// `messages-unavailable` when the bus cannot be listened to.
    pub async fn hear_own(&self, peer: &Arc<Peer>) -> Result<()> {
        for topic in own_topics(peer) {
            self.join(Of::Other(topic), peer, i64::MIN, None).await?;
        }
        Ok(())
    }

    /// Takes it away from everything. The file that it had open, if any.
    pub fn close(&self, peer: &Peer) -> Option<FileId> {
        let seat = {
            let mut sockets = self.0.sockets();
            let seat = sockets.remove(&peer.id)?;
            metrics::gauge!(names::SOCKETS).set(count(sockets.len()));
            seat
        };
        // It may have ended while it joined them.
        let own: Vec<Arc<Topic>> = {
            let topics = self.0.topics();
            own_topics(peer).iter().filter_map(|id| topics.get(id).cloned()).collect()
        };
        for topic in own.iter().chain(&seat.team).chain(&seat.file) {
            self.leave(topic, peer);
        }
        seat.open()
    }

    fn take_file(&self, peer: &Peer, file: FileId) -> Option<Arc<Topic>> {
        let mut sockets = self.0.sockets();
        sockets.get_mut(&peer.id)?.file.take_if(|topic| topic.id == file.0)
    }

    /// Tells whoever listens.
    pub async fn publish(&self, event: Event) {
        self.app().bus.publish(&event.topic(), event.encoded()).await;
    }

    /// Puts a socket among those who hear a topic. Who comes first makes the bus heard, and finds out how far a file
    /// is.
    async fn join(
        &self,
        of: Of,
        peer: &Arc<Peer>,
        after: i64,
        version: Option<String>,
    ) -> Result<Arc<Topic>> {
        let id = of.id();
        for _ in 0..JOINS_MAX {
            let topic = Arc::clone(self.0.topics().entry(id).or_insert_with(|| Arc::new(Topic::new(id))));
            if let Err(error) = topic.ready.get_or_try_init(|| self.attend(&topic, of, peer)).await {
                self.leave(&topic, peer);
                return Err(error);
            }
            let topics = self.0.topics();
            // Messages may have been lost meanwhile, or the last who heard it left.
            if topics.get(&id).is_some_and(|now| Arc::ptr_eq(now, &topic)) {
                topic.add(peer, after, version);
                return Ok(topic);
            }
        }
        Err(unavailable(&"topics come and go"))
    }

    async fn attend(&self, topic: &Topic, of: Of, peer: &Peer) -> Result<()> {
        let attended = self.app().bus.attend(&topic.id.to_string()).await;
        attended.map_err(|error| unavailable(&error))?;
        if let Of::File(file) = of {
            // Not before: what is committed from here on is told.
            topic.set_told(permission::file_viewer(&self.app().db, peer.profile, file).await?.revn);
        }
        Ok(())
    }

    /// Takes a socket from those who hear a topic. The last one ends the listening.
    fn leave(&self, topic: &Arc<Topic>, peer: &Peer) {
        let mut topics = self.0.topics();
        let is_empty = topic.remove(peer.id);
        if is_empty && topics.get(&topic.id).is_some_and(|now| Arc::ptr_eq(now, topic)) {
            topics.remove(&topic.id);
            self.app().bus.leave(&topic.id.to_string());
        }
    }

    /// Whether there are sockets.
    pub fn is_empty(&self) -> bool {
        self.0.sockets().is_empty()
    }
}

impl Seat {
    /// The file that others believe it has open.
    fn open(&self) -> Option<FileId> {
        self.file.as_ref().map(|topic| FileId(topic.id)).or(self.owed)
    }
}

impl WeakHub {
    /// The hub; none when its server is gone.
    pub fn upgrade(&self) -> Option<Hub> {
        self.0.upgrade().map(Hub)
    }
}

impl Inner {
    fn sockets(&self) -> MutexGuard<'_, HashMap<Uuid, Seat>> {
        // Nothing that holds it panics half-way.
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Uuid, Arc<Topic>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a socket hears for as long as it is open.
fn own_topics(peer: &Peer) -> [Uuid; 2] {
    [peer.profile.0, EVERYBODY]
}

fn unavailable(why: &impl std::fmt::Display) -> Error {
    tracing::debug!(%why, "a topic cannot be listened to");
    Error::new(Fault::Unavailable, "messages-unavailable")
        .hint("Messages between processes do not arrive now.")
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn count(sockets: usize) -> f64 {
    sockets as f64
}
