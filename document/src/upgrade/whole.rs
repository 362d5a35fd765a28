//! A whole document in memory, part by part.

use crate::part::{Container, Kind, OpenPart, PartKey};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The parts of a document that is brought up to date.
pub(super) struct Whole {
    pub(super) file: Uuid,
    /// The moment, in milliseconds since 1970.
    pub(super) now: i64,
    pub(super) parts: BTreeMap<PartKey, OpenPart>,
}

impl Whole {
    pub(super) fn new(parts: Vec<OpenPart>, file: Uuid, now: i64) -> Whole {
        Whole { file, now, parts: parts.into_iter().map(|part| (part.key(), part)).collect() }
    }

    pub(super) fn into_parts(self) -> Vec<OpenPart> {
        self.parts.into_values().collect()
    }

    /// Every shape, of pages and of deleted components.
    pub(super) fn shapes_mut(&mut self) -> impl Iterator<Item = &mut OpenPart> {
        self.parts.values_mut().filter(|part| part.key().kind == Kind::Shape)
    }

    /// The ids of the parts of a kind that lie in the file itself.
    pub(super) fn ids(&self, kind: Kind) -> Vec<Uuid> {
        let own = self.parts.keys().filter(|key| key.kind == kind && key.container == Container::File);
        own.map(|key| key.id).collect()
    }

    pub(super) fn get(&self, key: PartKey) -> Option<&OpenPart> {
        self.parts.get(&key)
    }

    pub(super) fn get_mut(&mut self, key: PartKey) -> Option<&mut OpenPart> {
        self.parts.get_mut(&key)
    }
}
