//! One topic in this process: who hears it, what waits to be told, and how far it was told.

use super::{
    ending::Ending,
    frame::Frame,
    limits::{LIBRARIES_MAX, MAILBOX_BYTES_MAX, MAILBOX_LENGTH_MAX, PRESENT_MAX},
    peer::Peer,
};
use bytes::Bytes;
use domain::event::Present;
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// One topic.
pub struct Topic {
    /// A person, a team, a file, or zeros: everybody.
    pub id: Uuid,
    /// Set once the bus is listened to.
    pub ready: OnceCell<()>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    hearers: HashMap<Uuid, Hearer>,
    mailbox: VecDeque<Item>,
    mailbox_bytes: usize,
    is_worked_on: bool,
    told: Option<i64>,
    libraries: HashMap<Uuid, Known>,
    is_deleted: bool,
    /// The revision that it stood at when it was last found behind.
    behind_at: Option<i64>,
}

/// A socket that hears a topic.
struct Hearer {
    peer: Arc<Peer>,
    /// It is told later revisions than this.
    after: i64,
    version: Option<String>,
}

/// What waits to be told.
pub enum Item {
    /// A message of the bus.
    Heard(Bytes),
    /// What the log of changes has and no message told.
    CatchUp,
}

/// How far the changes of a library were told.
#[derive(Clone, Copy)]
pub struct Known {
    /// The first revision that was told.
    pub first: i64,
    /// The last one.
    pub last: i64,
}

impl Topic {
    /// One that nobody hears yet.
    pub fn new(id: Uuid) -> Topic {
        Topic { id, ready: OnceCell::new(), state: Mutex::default() }
    }

    /// A socket hears it from here on, of a file what comes after a revision.
    pub fn add(&self, peer: &Arc<Peer>, after: i64, version: Option<String>) {
        let mut state = self.state();
        let after = state.told.map_or(after, |told| after.max(told));
        state.hearers.insert(peer.id, Hearer { peer: Arc::clone(peer), after, version });
    }

    /// A socket hears it no more. Whether nobody does.
    pub fn remove(&self, socket: Uuid) -> bool {
        let mut state = self.state();
        state.hearers.remove(&socket);
        state.hearers.is_empty()
    }

    /// Puts something behind what waits. Whether it has to be begun to tell it: nobody does so yet. When too much
    /// waits, all who hear it end.
    pub fn put(&self, item: Item) -> bool {
        let mut state = self.state();
        state.mailbox_bytes += item.len();
        if state.mailbox.len() >= MAILBOX_LENGTH_MAX || state.mailbox_bytes > MAILBOX_BYTES_MAX {
            state.mailbox.clear();
            state.mailbox_bytes = 0;
            state.hearers.values().for_each(|hearer| hearer.peer.end(Ending::Missed));
            return false;
        }
        state.mailbox.push_back(item);
        !std::mem::replace(&mut state.is_worked_on, true)
    }

    /// What is to be told next; none when that was all, and whoever tells is done.
    pub fn take(&self) -> Option<Item> {
        let mut state = self.state();
        let item = state.mailbox.pop_front();
        match &item {
            Some(item) => state.mailbox_bytes = state.mailbox_bytes.saturating_sub(item.len()),
            None => state.is_worked_on = false,
        }
        item
    }

    /// Tells all but the session that it is of.
    pub fn tell(&self, frame: &Arc<Frame>) {
        for hearer in self.state().hearers.values() {
            let is_own = frame.from == Some(hearer.peer.session);
            if !is_own && frame.revn.is_none_or(|revn| revn > hearer.after) {
                hearer.peer.tell(frame);
            }
        }
    }

    /// Whether somebody would be told what is of a session.
    pub fn has_others(&self, from: Option<Uuid>) -> bool {
        self.state().hearers.values().any(|hearer| Some(hearer.peer.session) != from)
    }

    /// The sockets of a session.
    pub fn of_session(&self, session: Uuid) -> Vec<Arc<Peer>> {
        let state = self.state();
        let own = state.hearers.values().filter(|hearer| hearer.peer.session == session);
        own.map(|hearer| Arc::clone(&hearer.peer)).collect()
    }

    /// Those who hear it besides a session.
    pub fn others(&self, session: Uuid) -> Vec<Present> {
        let state = self.state();
        let others = state.hearers.values().filter(|hearer| hearer.peer.session != session);
        let present = |hearer: &Hearer| Present {
            session: hearer.peer.session,
            profile: hearer.peer.profile,
            version: hearer.version.clone(),
        };
        others.take(PRESENT_MAX).map(present).collect()
    }

    /// Ends every socket that hears it.
    pub fn end(&self, why: Ending) {
        self.state().hearers.values().for_each(|hearer| hearer.peer.end(why));
    }

    /// The last revision of a file that was told; none when it is no file that is followed.
    pub fn told(&self) -> Option<i64> {
        self.state().told
    }

    /// A file was told up to a revision.
    pub fn set_told(&self, revn: i64) {
        let mut state = self.state();
        state.told = Some(state.told.map_or(revn, |told| told.max(revn)));
    }

    /// The file has later revisions than were told. Whether it had them the last time too, without one having been told
    /// since: then their message does not come.
    pub fn is_behind(&self) -> bool {
        let mut state = self.state();
        let told = state.told;
        std::mem::replace(&mut state.behind_at, told) == told && told.is_some()
    }

    /// How far a library was told.
    pub fn library(&self, file: Uuid) -> Option<Known> {
        self.state().libraries.get(&file).copied()
    }

    /// A library was told so far.
    pub fn set_library(&self, file: Uuid, known: Known) {
        let mut state = self.state();
        if state.libraries.len() >= LIBRARIES_MAX && !state.libraries.contains_key(&file) {
            state.libraries.clear();
        }
        state.libraries.insert(file, known);
    }

    /// It was told that the file is deleted.
    pub fn set_deleted(&self) {
        self.state().is_deleted = true;
    }

    /// Whether that was told.
    pub fn is_deleted(&self) -> bool {
        self.state().is_deleted
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in here panics half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Item {
    fn len(&self) -> usize {
        match self {
            Item::Heard(bytes) => bytes.len(),
            Item::CatchUp => 0,
        }
    }
}
