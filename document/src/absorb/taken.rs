//! What is taken over, before it is written.

use super::unit::Unit;
use crate::part::OpenPart;
use crate::references;
use std::collections::{BTreeMap, BTreeSet};
use transit::value::Value;
use uuid::Uuid;

/// Who takes over from whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides {
    /// The file.
    pub file: Uuid,
    /// The library.
    pub library: Uuid,
    /// The revision that the changes make: ids that are made up differ with it.
    pub revn: i64,
}

/// What is taken over.
#[derive(Debug)]
pub struct Taken {
    pub(super) sides: Sides,
    /// Mains, each with all that is in it.
    pub(super) units: Vec<Unit>,
    /// Components whose mains are in a unit, by id.
    pub(super) components: BTreeMap<Uuid, OpenPart>,
    /// Components that are deleted in the library, with what is kept of them.
    pub(super) deleted: Vec<(OpenPart, Vec<OpenPart>)>,
    pub(super) colors: Vec<OpenPart>,
    pub(super) typographies: Vec<OpenPart>,
    pub(super) tokens: Option<Value>,
}

impl Taken {
    /// Nothing yet.
    pub(super) fn nothing(sides: Sides) -> Taken {
        Taken {
            sides,
            units: vec![],
            components: BTreeMap::new(),
            deleted: vec![],
            colors: vec![],
            typographies: vec![],
            tokens: None,
        }
    }

    /// The pictures that it names.
    pub fn media(&self) -> BTreeSet<Uuid> {
        self.parts().flat_map(|part| references::media(part.value())).collect()
    }

    /// The other files that it names: libraries of the library.
    pub fn libraries(&self) -> BTreeSet<Uuid> {
        let of_part = |part: &OpenPart| {
            let mut named = references::libraries(part.value());
            named.extend(part.columns.component_file);
            named
        };
        let mut named: BTreeSet<Uuid> = self.parts().flat_map(of_part).collect();
        named.remove(&self.sides.file);
        named.remove(&self.sides.library);
        named
    }

    fn parts(&self) -> impl Iterator<Item = &OpenPart> {
        let drawn = self.units.iter().flat_map(|unit| &unit.shapes);
        let kept = self.deleted.iter().flat_map(|(_, shapes)| shapes);
        drawn.chain(kept).chain(&self.colors).chain(&self.typographies)
    }
}
