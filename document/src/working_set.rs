//! The parts that a batch touches: what is loaded, what is known to be absent, what was changed.

use crate::fault::Fault;
use crate::limits::{PART_BYTES_MAX, STEPS_MAX, STEPS_OF_CHANGE};
use crate::part::{Columns, Container, Kind, OpenPart, Part, PartKey};
use crate::references;
use crate::stop::{Detail, Halt, Reach, Step};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use uuid::Uuid;

/// As many ids of a list are looked at as fast as one part is found.
const IDS_OF_STEP: usize = 64;

/// Loaded parts of one file, and what became of them. Copies are cheap: what is not changed is shared.
#[derive(Clone, Debug, Default)]
pub struct WorkingSet {
    parts: BTreeMap<PartKey, Entry>,
    /// Containers whose stored parts are all gone.
    renewed: BTreeSet<Container>,
    /// Shapes of pages that were added or modified: they may name pictures of other files.
    drawn: BTreeSet<PartKey>,
    /// What the batch may still cost; copies share it, so that applying it again counts again.
    steps: Steps,
}

/// Steps that are left; without a number as many as one likes.
#[derive(Clone, Debug, Default)]
struct Steps(Option<Arc<AtomicU64>>);

impl Steps {
    fn take(&self, number: u64) -> Result<(), Fault> {
        let Some(left) = &self.0 else { return Ok(()) };
        // One batch is applied by one thread at a time.
        let rest = left.load(Relaxed).checked_sub(number);
        left.store(rest.unwrap_or(0), Relaxed);
        rest.map(|_| ())
            .ok_or_else(|| Fault::limit("would touch too much at once: send it in several batches"))
    }
}

#[derive(Clone, Debug)]
struct Entry {
    slot: Slot,
    change: Change,
}

#[derive(Clone, Debug)]
enum Slot {
    Absent,
    Stored(Arc<Part>),
    Open(Arc<OpenPart>),
}

/// What has to be written of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Nothing,
    Columns,
    Whole,
    Removed,
}

/// What a store has to write, part by part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write<'w> {
    /// The columns of a part that is there; its bytes are as they were, and may not be loaded.
    Columns(&'w Part),
    /// A whole part, whether it was there or not.
    Whole(&'w Part),
    /// The part goes, if it is there.
    Remove(PartKey),
}

impl WorkingSet {
    /// Nothing is known.
    pub fn new() -> WorkingSet {
        WorkingSet::default()
    }

    /// How many parts it knows of.
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether it knows of none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// From now on a batch of so many changes may cost what such a batch may; without this, as much as it likes.
    pub fn limit_steps(&mut self, changes: usize) {
        let changes = u64::try_from(changes).unwrap_or(u64::MAX);
        let steps = STEPS_MAX.saturating_add(STEPS_OF_CHANGE.saturating_mul(changes));
        self.steps = Steps(Some(Arc::new(AtomicU64::new(steps))));
    }

    /// Counts a look through a list of so many ids.
    pub(crate) fn scan(&self, ids: usize) -> Step<()> {
        Ok(self.steps.take(u64::try_from(ids / IDS_OF_STEP).unwrap_or(u64::MAX))?)
    }

    /// A part as it is stored, whole or only its columns. What is known already stays as it is known.
    pub fn load(&mut self, part: Part) {
        let key = part.key;
        let Some(entry) = self.parts.get_mut(&key) else {
            let slot = Slot::Stored(Arc::new(part));
            self.parts.insert(key, Entry { slot, change: Change::Nothing });
            return;
        };
        // Only the bytes may be missing.
        if let Slot::Stored(known) = &mut entry.slot
            && known.raw.is_none()
            && part.raw.is_some()
        {
            let known = Arc::make_mut(known);
            known.raw = part.raw;
            known.media = part.media;
        }
    }

    /// A part that is not stored.
    pub fn load_absent(&mut self, key: PartKey) {
        self.parts.entry(key).or_insert(Entry { slot: Slot::Absent, change: Change::Nothing });
    }

    /// Whether a part is known in this detail, or known to be absent.
    pub fn knows(&self, key: PartKey, detail: Detail) -> bool {
        self.parts.get(&key).is_some_and(|entry| match &entry.slot {
            Slot::Stored(part) => detail == Detail::Columns || part.raw.is_some(),
            Slot::Absent | Slot::Open(_) => true,
        })
    }

    /// What has to be written. Parts of [`WorkingSet::renewed`] containers come as if these were empty.
    pub fn writes(&self) -> impl Iterator<Item = Write<'_>> {
        self.parts.iter().filter_map(|(key, entry)| match (&entry.slot, entry.change) {
            (Slot::Stored(part), Change::Columns) => Some(Write::Columns(part)),
            (Slot::Stored(part), Change::Whole) => Some(Write::Whole(part)),
            (_, Change::Removed) => Some(Write::Remove(*key)),
            _ => None,
        })
    }

    /// Containers that begin anew: all that was stored in them is gone, without having been loaded.
    pub fn renewed(&self) -> &BTreeSet<Container> {
        &self.renewed
    }

    /// The pictures that shapes name which were added to pages or modified there. Those of another file have to be
    /// adopted: see [`WorkingSet::adopt`].
    pub fn named_media(&self) -> BTreeSet<Uuid> {
        self.drawn_parts().flat_map(|(_, part)| part.media.iter().copied()).collect()
    }

    /// Names other pictures in the shapes that were added or modified: pictures of other files become this file's.
    ///
    /// # Errors
    /// [`transit::ReadError`] never happens for parts of an applied batch.
    pub fn adopt(&mut self, by: &HashMap<Uuid, Uuid>) -> Result<(), transit::ReadError> {
        let named: Vec<PartKey> = self
            .drawn_parts()
            .filter(|(_, part)| part.media.iter().any(|id| by.contains_key(id)))
            .map(|(key, _)| key)
            .collect();
        for key in named {
            let Some(Entry { slot: Slot::Stored(part), change }) = self.parts.get_mut(&key) else { continue };
            let Some(mut open) = OpenPart::read(part)? else { continue };
            if references::replace_media(open.value_mut(), by) {
                *part = Arc::new(open.to_part());
                *change = Change::Whole;
            }
        }
        Ok(())
    }

    fn drawn_parts(&self) -> impl Iterator<Item = (PartKey, &Part)> {
        self.drawn.iter().filter_map(|key| match &self.parts.get(key)?.slot {
            Slot::Stored(part) => Some((*key, &**part)),
            _ => None,
        })
    }

    /// The columns of a part; none when there is no such part.
    pub(crate) fn find(&self, key: PartKey) -> Step<Option<&Columns>> {
        self.find_with(key, Reach::Itself)
    }

    /// The same; says what else will be asked for when it is missing.
    pub(crate) fn find_with(&self, key: PartKey, reach: Reach) -> Step<Option<&Columns>> {
        self.steps.take(1)?;
        match self.parts.get(&key).map(|entry| &entry.slot) {
            Some(Slot::Absent) => Ok(None),
            Some(Slot::Stored(part)) => Ok(Some(&part.columns)),
            Some(Slot::Open(part)) => Ok(Some(&part.columns)),
            None if self.is_nowhere(key) => Ok(None),
            None => Err(Halt::missing(key, reach, Detail::Columns)),
        }
    }

    /// A part that is not known lies in a container that is gone, or that began anew.
    fn is_nowhere(&self, key: PartKey) -> bool {
        let owner = self.parts.get(&key.container.owner());
        key.kind == Kind::Shape
            && (self.renewed.contains(&key.container)
                || owner.is_some_and(|entry| matches!(entry.slot, Slot::Absent)))
    }

    /// A part with its attributes; none when there is no such part.
    pub(crate) fn open(&mut self, key: PartKey) -> Step<Option<&OpenPart>> {
        if self.find_with(key, Reach::Itself).map_err(|halt| whole(halt, key))?.is_none() {
            return Ok(None);
        }
        let Some(entry) = self.parts.get_mut(&key) else { return Ok(None) };
        if let Slot::Stored(part) = &entry.slot {
            let read = OpenPart::read(part).map_err(|error| Halt::Unreadable(key, error))?;
            let open = read.ok_or_else(|| Halt::missing(key, Reach::Itself, Detail::Whole))?;
            entry.slot = Slot::Open(Arc::new(open));
        }
        match &entry.slot {
            Slot::Open(open) => Ok(Some(open)),
            _ => Ok(None),
        }
    }

    /// A part with its attributes, to change it; none when there is no such part.
    pub(crate) fn edit(&mut self, key: PartKey) -> Step<Option<&mut OpenPart>> {
        if self.open(key)?.is_none() {
            return Ok(None);
        }
        Ok(self.parts.get_mut(&key).and_then(|entry| match &mut entry.slot {
            Slot::Open(open) => {
                entry.change = Change::Whole;
                Some(Arc::make_mut(open))
            }
            _ => None,
        }))
    }

    /// The columns of a part, to change them; its bytes need not be loaded.
    pub(crate) fn edit_columns(&mut self, key: PartKey) -> Step<Option<&mut Columns>> {
        if self.find(key)?.is_none() {
            return Ok(None);
        }
        let Some(entry) = self.parts.get_mut(&key) else { return Ok(None) };
        entry.change = entry.change.max(Change::Columns);
        Ok(match &mut entry.slot {
            Slot::Absent => None,
            Slot::Stored(part) => Some(&mut Arc::make_mut(part).columns),
            Slot::Open(part) => Some(&mut Arc::make_mut(part).columns),
        })
    }

    /// Stores a part, new or in the place of one.
    pub(crate) fn put(&mut self, part: OpenPart) {
        let key = part.key();
        let slot = Slot::Open(Arc::new(part));
        self.parts.insert(key, Entry { slot, change: Change::Whole });
    }

    /// Takes a part away.
    pub(crate) fn remove(&mut self, key: PartKey) {
        self.parts.insert(key, Entry { slot: Slot::Absent, change: Change::Removed });
    }

    /// Empties a container, whatever is stored in it.
    pub(crate) fn renew(&mut self, container: Container) {
        self.parts.retain(|key, _| key.container != container);
        self.drawn.retain(|key| key.container != container);
        self.renewed.insert(container);
    }

    /// Notes that a shape was drawn: its pictures may be another file's.
    pub(crate) fn note_drawn(&mut self, key: PartKey) {
        if matches!(key.container, Container::Page(_)) {
            self.drawn.insert(key);
        }
    }

    /// Turns what was changed into what is stored. What is as it was `before` is not written.
    pub(crate) fn seal(&mut self, before: &WorkingSet) -> Step<()> {
        for (key, entry) in &mut self.parts {
            let Slot::Open(open) = &entry.slot else { continue };
            if entry.change == Change::Nothing {
                continue;
            }
            let mut part = open.to_part();
            // What began anew in this batch is written whatever was there.
            let is_renewed =
                self.renewed.contains(&key.container) && !before.renewed.contains(&key.container);
            let same_bytes = match before.parts.get(key) {
                Some(Entry { slot: Slot::Stored(old), change }) if old.raw == part.raw && !is_renewed => {
                    Some((old, *change))
                }
                _ => None,
            };
            if let Some((old, change)) = same_bytes {
                // The bytes need not be written; the columns only if they differ.
                let columns = if old.columns == part.columns { Change::Nothing } else { Change::Columns };
                entry.change = change.max(columns);
                part.media.clone_from(&old.media);
            }
            if part.raw.as_ref().is_some_and(|raw| raw.len() > PART_BYTES_MAX) {
                let reason = format!("would make one part longer than {PART_BYTES_MAX} bytes");
                return Err(Fault::limit(reason).into());
            }
            entry.slot = Slot::Stored(Arc::new(part));
        }
        Ok(())
    }
}

/// A part is missing whose bytes are needed too.
fn whole(halt: Halt, key: PartKey) -> Halt {
    match halt {
        Halt::Missing(_) => Halt::missing(key, Reach::Itself, Detail::Whole),
        halt => halt,
    }
}
