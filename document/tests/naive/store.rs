//! A store in memory: it loads what is asked for, and saves what is to be written, as a database would.

use document::apply::apply;
use document::change::Change;
use document::join::{Form, Join};
use document::part::{Columns, Container, Kind, OpenPart, Part, PartKey};
use document::stop::{Detail, Reach, Refusal, Stop, Wanted};
use document::working_set::{WorkingSet, Write};
use std::collections::{BTreeMap, HashMap};
use transit::value::Value;
use uuid::Uuid;

#[derive(Clone, PartialEq)]
pub struct Store {
    parts: BTreeMap<PartKey, Part>,
}

/// How eagerly parts are loaded. The result is the same.
#[derive(Clone, Copy, Debug)]
pub enum Eagerness {
    /// Only what is missing, one by one, and no more of it than is asked for.
    Lazy,
    /// What changes name beforehand, and what is reached from what is missing.
    Reaching,
    /// Everything.
    Whole,
}

impl Store {
    pub fn of(data: Value) -> Store {
        let parts = document::split::split(data).expect("a document");
        Store { parts: parts.iter().map(|part| (part.key(), part.to_part())).collect() }
    }

    /// Applies a batch and saves it; tells how often it had to load, and which pictures were named.
    pub fn apply(
        &mut self,
        changes: &[Change],
        now: i64,
        eagerness: Eagerness,
        adopt: &HashMap<Uuid, Uuid>,
    ) -> Result<Vec<Uuid>, Refusal> {
        let mut set = WorkingSet::new();
        match eagerness {
            Eagerness::Lazy => {}
            Eagerness::Reaching => {
                changes.iter().flat_map(Change::wanted).for_each(|wanted| self.load(&mut set, wanted));
            }
            Eagerness::Whole => self.parts.values().for_each(|part| set.load(part.clone())),
        }
        for _ in 0..10_000 {
            match apply(&set, changes, now) {
                Ok(mut done) => {
                    let named = done.named_media().into_iter().collect();
                    done.adopt(adopt).expect("readable");
                    self.save(&done);
                    return Ok(named);
                }
                Err(Stop::Missing(wanted)) => {
                    let first = wanted[0];
                    assert!(!set.knows(first.key, first.detail), "asked again for {first:?}");
                    match eagerness {
                        Eagerness::Lazy => self.load_one(&mut set, first.key, first.detail),
                        _ => wanted.into_iter().for_each(|wanted| self.load(&mut set, wanted)),
                    }
                    assert!(set.knows(first.key, first.detail), "{first:?}");
                }
                Err(Stop::Refused(refusal)) => return Err(refusal),
                Err(other) => panic!("{other}"),
            }
        }
        panic!("no end of loading");
    }

    fn load_one(&self, set: &mut WorkingSet, key: PartKey, detail: Detail) {
        match self.parts.get(&key) {
            Some(part) if detail == Detail::Whole => set.load(part.clone()),
            Some(part) => set.load(Part { raw: None, media: vec![], ..part.clone() }),
            None => set.load_absent(key),
        }
    }

    fn load(&self, set: &mut WorkingSet, wanted: Wanted) {
        self.load_one(set, wanted.key, wanted.detail);
        let (mut left, mut seen) = (vec![wanted.key], vec![]);
        while let Some(key) = left.pop() {
            if seen.contains(&key) {
                continue;
            }
            seen.push(key);
            self.load_one(set, key, wanted.detail);
            let Some(columns) = self.parts.get(&key).map(|part| &part.columns) else { continue };
            let of = |id: &Uuid| PartKey::shape(key.container, *id);
            match wanted.reach {
                Reach::Itself => {}
                Reach::Above => left.extend(columns.parent.iter().map(of)),
                Reach::Below => left.extend(columns.children().iter().map(of)),
                Reach::Children if key == wanted.key => left.extend(columns.children().iter().map(of)),
                Reach::Children => {}
            }
        }
    }

    fn save(&mut self, set: &WorkingSet) {
        for container in set.renewed() {
            self.parts.retain(|key, _| key.container != *container);
        }
        for write in set.writes() {
            match write {
                Write::Remove(key) => drop(self.parts.remove(&key)),
                Write::Whole(part) => {
                    assert!(part.raw.is_some(), "bytes to write: {:?}", part.key);
                    self.parts.insert(part.key, part.clone());
                }
                Write::Columns(part) => {
                    let stored = self.parts.get_mut(&part.key).expect("columns of a part that is there");
                    stored.columns = part.columns.clone();
                }
            }
        }
    }

    /// The document in a form.
    pub fn read(&self, form: Form, id: Uuid) -> Vec<u8> {
        let mut join = Join::file(form, id, &self.parts[&PartKey::FILE]).expect("a file");
        let mut out = join.take();
        for kind in [Kind::Page, Kind::Component, Kind::Color, Kind::Typography, Kind::Media, Kind::Tokens] {
            for part in self.parts.values().filter(|part| part.key.kind == kind) {
                join.push(part).expect("in order");
                let container = match kind {
                    Kind::Page => Container::Page(part.key.id),
                    _ => Container::Component(part.key.id),
                };
                for shape in self.parts.values().filter(|shape| shape.key.container == container) {
                    join.push(shape).expect("in order");
                    out.extend(join.take());
                }
            }
        }
        out.extend(join.finish());
        out
    }

    /// Every part as a value, with its columns and pictures.
    pub fn parts(&self) -> BTreeMap<PartKey, (Columns, Vec<Uuid>, Value)> {
        let one = |part: &Part| {
            let open = OpenPart::read(part).expect("transit").expect("whole");
            (part.columns.clone(), part.media.clone(), open.to_value())
        };
        self.parts.iter().map(|(key, part)| (*key, one(part))).collect()
    }
}
