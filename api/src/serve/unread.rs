//! Answers that are whole in memory and not read yet: how many bytes, and whose. When they are too many, those go that
//! nobody takes for longest, so that a client that reads nothing loses its own and not other people's.

use super::limits::Limits;
use crate::http::reader::Reader;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};
use tokio::time::Instant;

/// Who is to read an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Somebody.
    Reader(Reader),
    /// Nobody that is known, on one connection.
    Connection(u64),
}

/// What can be taken back.
pub trait Held: Send + Sync {
    /// Since when its reader could take more; none while it waits for us.
    fn waits_since(&self) -> Option<Instant>;
    /// Lets go of it; its reader gets no more.
    fn give_up(&self);
}

/// The answers of a server that are whole in memory. Cheap to clone.
#[derive(Clone)]
pub struct Unread {
    owner_bytes_max: u64,
    all_bytes_max: u64,
    connections: Arc<AtomicU64>,
    ledger: Arc<Mutex<Ledger>>,
}

#[derive(Default)]
struct Ledger {
    next: u64,
    entries: HashMap<u64, Entry>,
    owners: HashMap<Owner, u64>,
    bytes: u64,
}

struct Entry {
    owner: Owner,
    bytes: u64,
    held: Weak<dyn Held>,
}

/// An answer that is counted until this is dropped.
pub struct Counted {
    unread: Unread,
    number: u64,
}

impl Unread {
    /// None yet.
    pub fn new(limits: &Limits) -> Unread {
        Unread {
            owner_bytes_max: limits.unread_bytes,
            all_bytes_max: limits.unread_bytes_of_all,
            connections: Arc::default(),
            ledger: Arc::default(),
        }
    }

    /// The number of a new connection.
    pub fn connection(&self) -> u64 {
        self.connections.fetch_add(1, Relaxed)
    }

    /// Counts one more. Others are given up when there is no room; it alone always has it.
    pub fn count(&self, owner: Owner, bytes: u64, held: Weak<dyn Held>) -> Counted {
        let mut ledger = self.ledger();
        let number = ledger.next;
        ledger.next += 1;
        ledger.bytes += bytes;
        *ledger.owners.entry(owner).or_default() += bytes;
        ledger.entries.insert(number, Entry { owner, bytes, held });
        let mut given_up = vec![];
        while ledger.owners.get(&owner).is_some_and(|bytes| *bytes > self.owner_bytes_max) {
            let Some(one) = ledger.longest(number, |entry| entry.owner == owner) else { break };
            given_up.extend(ledger.remove(one));
        }
        while ledger.bytes > self.all_bytes_max {
            let Some(one) = ledger.longest(number, |_| true) else { break };
            given_up.extend(ledger.remove(one));
        }
        drop(ledger);
        for entry in given_up {
            tracing::debug!(owner = ?entry.owner, bytes = entry.bytes, "too much waits unread: an answer is given up");
            if let Some(held) = entry.held.upgrade() {
                held.give_up();
            }
        }
        Counted { unread: self.clone(), number }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    /// The one that waits for its reader longest, but for the newest.
    fn longest(&self, newest: u64, of: impl Fn(&Entry) -> bool) -> Option<u64> {
        let others = self.entries.iter().filter(|(number, entry)| **number != newest && of(entry));
        let since = |entry: &Entry| entry.held.upgrade().and_then(|held| held.waits_since());
        // Nobody is to blame for what waits for us: that comes last.
        let rank = |(number, entry): &(&u64, &Entry)| {
            let since = since(entry);
            (since.is_none(), since, **number)
        };
        others.min_by_key(rank).map(|(number, _)| *number)
    }

    fn remove(&mut self, number: u64) -> Option<Entry> {
        let entry = self.entries.remove(&number)?;
        self.bytes -= entry.bytes;
        if let Some(bytes) = self.owners.get_mut(&entry.owner) {
            *bytes -= entry.bytes;
            if *bytes == 0 {
                self.owners.remove(&entry.owner);
            }
        }
        Some(entry)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.unread.ledger().remove(self.number);
    }
}
