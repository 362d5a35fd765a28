//! A document in memory that changes are applied to.

use document::apply::apply;
use document::change::Change;
use document::join::{Form, Join};
use document::part::{Container, Kind, Part, PartKey};
use document::stop::{Refusal, Stop, Wanted};
use document::validate::{Mains, Outline, Registry, changes, component, page};
use document::working_set::{WorkingSet, Write};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

const FILE: Uuid = Uuid::from_u128(1000);
/// More rounds of loading than one batch can need here.
const ROUNDS_MAX: usize = 10_000;

pub struct Store(BTreeMap<PartKey, Part>);

impl Store {
    pub fn new() -> Store {
        let data = document::file::new_data(FILE, Uuid::from_u128(100));
        let parts = document::split::split(data).expect("a document");
        Store(parts.iter().map(|part| (part.key(), part.to_part())).collect())
    }

    /// Bytes of all parts.
    pub fn bytes(&self) -> usize {
        self.0.values().map(|part| part.raw.as_ref().map_or(0, Vec::len) + 500).sum()
    }

    /// Applies a batch, which asks for what it needs, and saves it.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), Refusal> {
        let mut set = WorkingSet::new();
        changes.iter().flat_map(Change::wanted).for_each(|wanted| self.load(&mut set, wanted));
        for _ in 0..ROUNDS_MAX {
            match apply(&set, changes, 77) {
                Ok(mut done) => {
                    let named = done.named_media().into_iter().map(|id| (id, Uuid::from_u128(950)));
                    let copies: HashMap<Uuid, Uuid> = named.collect();
                    done.adopt(&copies).expect("is readable");
                    self.save(&done);
                    return Ok(());
                }
                Err(Stop::Missing(wanted)) => wanted.into_iter().for_each(|one| self.load(&mut set, one)),
                Err(Stop::Refused(refusal)) => return Err(refusal),
                Err(stop @ Stop::Unreadable(..)) => panic!("{stop}"),
            }
        }
        panic!("no end of loading");
    }

    /// Loads a part, and all parts of its container when more than itself is reached.
    fn load(&self, set: &mut WorkingSet, wanted: Wanted) {
        if wanted.reach != document::stop::Reach::Itself {
            let near = self.0.values().filter(|part| part.key.container == wanted.key.container);
            near.for_each(|part| set.load(part.clone()));
        }
        match self.0.get(&wanted.key) {
            Some(part) => set.load(part.clone()),
            None => set.load_absent(wanted.key),
        }
        // What a shape names and is not there.
        let named = |part: &Part| -> Vec<Uuid> {
            part.columns.parent.into_iter().chain(part.columns.children().iter().copied()).collect()
        };
        for id in self.0.get(&wanted.key).map(named).unwrap_or_default() {
            let key = PartKey::shape(wanted.key.container, id);
            if !self.0.contains_key(&key) {
                set.load_absent(key);
            }
        }
    }

    fn save(&mut self, set: &WorkingSet) {
        for container in set.renewed() {
            self.0.retain(|key, _| key.container != *container);
        }
        for write in set.writes() {
            match write {
                Write::Remove(key) => drop(self.0.remove(&key)),
                Write::Whole(part) => drop(self.0.insert(part.key, part.clone())),
                Write::Columns(part) => {
                    let stored = self.0.get_mut(&part.key).expect("columns of a part that is there");
                    stored.columns = part.columns.clone();
                }
            }
        }
    }

    /// Reads it in every form, and looks whether its parts belong together.
    pub fn read(&self) {
        for form in [Form::Transit, Form::Verbose, Form::ObjectsMap, Form::Json] {
            let mut join = Join::file(form, FILE, &self.0[&PartKey::FILE]).expect("a file");
            for kind in
                [Kind::Page, Kind::Component, Kind::Color, Kind::Typography, Kind::Media, Kind::Tokens]
            {
                for part in self.0.values().filter(|part| part.key.kind == kind) {
                    join.push(part).expect("in order");
                    let inside = holds(part.key);
                    for shape in self.0.values().filter(|own| inside == Some(own.key.container)) {
                        join.push(shape).expect("in order");
                    }
                }
            }
            assert!(!join.finish().is_empty());
        }
        let mut registry = Registry::new(FILE);
        self.0.values().for_each(|part| registry.push(part).expect("is readable"));
        for container in self.0.keys().filter_map(|key| holds(*key)) {
            let mut shapes = Outline::new();
            let own = self.0.values().filter(|part| part.key.container == container);
            own.for_each(|part| shapes.push(part).expect("is readable"));
            let found = match container {
                Container::Page(id) => page(&registry, id, &shapes, &Mains::new()),
                Container::Component(id) => component(&registry, id, &shapes, true),
                Container::File => vec![],
            };
            for change in changes(&registry, &shapes, &found) {
                Change::decode(change).expect("an own change is understood");
            }
        }
    }
}

fn holds(key: PartKey) -> Option<Container> {
    match key.kind {
        Kind::Page => Some(Container::Page(key.id)),
        Kind::Component => Some(Container::Component(key.id)),
        _ => None,
    }
}
