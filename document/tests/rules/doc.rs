//! A small document, changed by batches and read back.

use document::apply::apply;
use document::change::Change;
use document::join::{Form, Join};
use document::part::{Kind, Part, PartKey};
use document::stop::{Refusal, Stop};
use document::working_set::{WorkingSet, Write};
use std::collections::BTreeMap;
use transit::Limits;
use transit::value::Value;
use uuid::Uuid;

pub const NOW: Value = Value::Instant(77);

pub fn id(number: u128) -> Value {
    Value::Uuid(Uuid::from_u128(number))
}

pub fn kw(name: &str) -> Value {
    Value::keyword(name)
}

pub fn text(text: &str) -> Value {
    Value::text(text)
}

pub fn ids(numbers: &[u128]) -> Value {
    Value::Vec(numbers.iter().map(|number| id(*number)).collect())
}

pub fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::map(entries)
}

pub fn point(x: Value, y: Value) -> Value {
    Value::tagged("point", map([("x", x), ("y", y)]))
}

pub fn rect(x: i64, y: i64, width: i64, height: i64) -> Value {
    let all = [("x", x), ("y", y), ("width", width), ("height", height)];
    let far = [("x1", x), ("y1", y), ("x2", x + width), ("y2", y + height)];
    Value::tagged("rect", Value::map(all.into_iter().chain(far).map(|(name, n)| (name, Value::Int(n)))))
}

fn identity() -> Value {
    let all = [("a", 1), ("b", 0), ("c", 0), ("d", 1), ("e", 0), ("f", 0)];
    Value::tagged("matrix", map(all.map(|(name, n)| (name, Value::Int(n)))))
}

/// A valid shape of a type, ten by ten, at a place.
pub fn shape_at(shape_type: &str, x: i64, y: i64) -> Value {
    let int = Value::Int;
    let corners = [(x, y), (x + 10, y), (x + 10, y + 10), (x, y + 10)];
    let mut shape = map([
        ("type", kw(shape_type)),
        ("name", text("a shape")),
        ("x", int(x)),
        ("y", int(y)),
        ("width", int(10)),
        ("height", int(10)),
        ("selrect", rect(x, y, 10, 10)),
        ("points", Value::Vec(corners.map(|(x, y)| point(int(x), int(y))).to_vec())),
        ("transform", identity()),
        ("transform-inverse", identity()),
    ]);
    if matches!(shape_type, "frame" | "group") {
        shape.put("shapes", Value::Vec(vec![]));
    }
    Value::tagged("shape", shape)
}

pub fn shape(shape_type: &str) -> Value {
    shape_at(shape_type, 0, 0)
}

/// A shape with more attributes.
pub fn with<const N: usize>(mut shape: Value, more: [(&str, Value); N]) -> Value {
    more.into_iter().for_each(|(name, value)| shape.put(name, value));
    shape
}

/// A change of the first page, where the fields do not say otherwise.
pub fn change<const N: usize>(name: &str, fields: [(&str, Value); N]) -> Value {
    let mut change = map([("type", kw(name))]);
    let elsewhere = ["page-id", "component-id"].iter().any(|at| fields.iter().any(|(name, _)| name == at));
    if !elsewhere {
        change.put("page-id", id(100));
    }
    fields.into_iter().for_each(|(name, value)| change.put(name, value));
    change
}

/// `add-obj` of a shape below a parent, in the root frame.
pub fn add(number: u128, parent: u128, shape: Value) -> Value {
    change("add-obj", [("id", id(number)), ("parent-id", id(parent)), ("frame-id", id(0)), ("obj", shape)])
}

/// `mod-obj` with one `set`.
pub fn set(number: u128, attribute: &str, value: Value) -> Value {
    set_with(number, attribute, value, [])
}

pub fn set_with<const N: usize>(
    number: u128,
    attribute: &str,
    value: Value,
    more: [(&str, Value); N],
) -> Value {
    modify(number, vec![with(map([("type", kw("set")), ("attr", kw(attribute)), ("val", value)]), more)])
}

pub fn modify(number: u128, operations: Vec<Value>) -> Value {
    change("mod-obj", [("id", id(number)), ("operations", Value::Vec(operations))])
}

/// Rows by key.
pub struct Doc(BTreeMap<PartKey, Part>);

impl Doc {
    /// A new file whose page is 100.
    pub fn new() -> Doc {
        Doc::of(document::file::new_data(Uuid::from_u128(1000), Uuid::from_u128(100)))
    }

    pub fn of(data: Value) -> Doc {
        let parts = document::split::split(data).expect("a document");
        Doc(parts.iter().map(|part| (part.key(), part.to_part())).collect())
    }

    /// A document that lacked some changes of the data model, brought up to date.
    pub fn upgraded(data: Value, lacking: &[&str]) -> Doc {
        let parts = document::split::split(data).expect("a document");
        let parts = document::upgrade::upgrade(parts, Uuid::from_u128(1000), lacking, 77);
        Doc(parts.iter().map(|part| (part.key(), part.to_part())).collect())
    }

    /// A new file after changes that must be taken.
    pub fn after<const N: usize>(changes: [Value; N]) -> Doc {
        let mut doc = Doc::new();
        doc.run(changes).expect("taken");
        doc
    }

    pub fn run<const N: usize>(&mut self, changes: [Value; N]) -> Result<(), Refusal> {
        self.run_all(changes.to_vec())
    }

    /// Every part.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.0.values()
    }

    /// Stores a part as it is.
    pub fn put(&mut self, part: Part) {
        self.0.insert(part.key, part);
    }

    pub fn run_all(&mut self, changes: Vec<Value>) -> Result<(), Refusal> {
        let changes = Change::decode_all(changes)?;
        let mut set = WorkingSet::new();
        loop {
            match apply(&set, &changes, 77) {
                Ok(done) => {
                    for container in done.renewed() {
                        self.0.retain(|key, _| key.container != *container);
                    }
                    for write in done.writes() {
                        match write {
                            Write::Remove(key) => drop(self.0.remove(&key)),
                            Write::Whole(part) => drop(self.0.insert(part.key, part.clone())),
                            Write::Columns(part) => {
                                self.0.get_mut(&part.key).expect("there").columns = part.columns.clone();
                            }
                        }
                    }
                    return Ok(());
                }
                Err(Stop::Missing(wanted)) => match self.0.get(&wanted[0].key) {
                    Some(part) => set.load(part.clone()),
                    None => set.load_absent(wanted[0].key),
                },
                Err(Stop::Refused(refusal)) => return Err(refusal),
                Err(stop) => panic!("{stop}"),
            }
        }
    }

    /// What the refusal says of changes that are not taken.
    pub fn refused<const N: usize>(&mut self, changes: [Value; N]) -> String {
        let before = self.data();
        let refusal = self.run(changes).expect_err("refused");
        assert!(self.data().same(&before), "a refused batch leaves everything as it was");
        refusal.to_string()
    }

    pub fn read(&self, form: Form) -> Vec<u8> {
        let mut join = Join::file(form, Uuid::from_u128(1000), &self.0[&PartKey::FILE]).expect("a file");
        for kind in [Kind::Page, Kind::Component, Kind::Color, Kind::Typography, Kind::Media, Kind::Tokens] {
            for part in self.0.values().filter(|part| part.key.kind == kind) {
                join.push(part).expect("in order");
                let is_inside =
                    |row: &&Part| row.key.kind == Kind::Shape && row.key.container.owner() == part.key;
                self.0.values().filter(is_inside).for_each(|shape| join.push(shape).expect("in order"));
            }
        }
        join.finish()
    }

    pub fn data(&self) -> Value {
        transit::read(&self.read(Form::Transit), &Limits::STORED).expect("transit")
    }

    /// What is at the end of a way of keywords and ids; nil where there is nothing.
    pub fn at(&self, way: &[Value]) -> Value {
        let data = self.data();
        way.iter().try_fold(&data, |value, key| value.at(key)).cloned().unwrap_or(Value::Nil)
    }

    pub fn page(&self, name: &str) -> Value {
        self.at(&[kw("pages-index"), id(100), kw(name)])
    }

    /// An attribute of a shape of the first page.
    pub fn get(&self, number: u128, name: &str) -> Value {
        self.at(&[kw("pages-index"), id(100), kw("objects"), id(number), kw(name)])
    }

    pub fn children(&self, number: u128) -> Vec<u128> {
        let children = self.get(number, "shapes").as_uuids().expect("children");
        children.into_iter().map(|id| id.as_u128()).collect()
    }

    pub fn component(&self, number: u128, name: &str) -> Value {
        self.at(&[kw("components"), id(number), kw(name)])
    }

    /// The groups that a copy noted.
    pub fn touched(&self, number: u128) -> Vec<String> {
        let touched = self.get(number, "touched");
        let mut names: Vec<String> = touched
            .items()
            .unwrap_or_default()
            .iter()
            .filter_map(|group| group.as_keyword().map(str::to_owned))
            .collect();
        names.sort();
        names
    }
}
