//! Findings into changes that put them right.

use super::finding::{Edit, Finding};
use super::outline::Outline;
use super::registry::Registry;
use crate::part::Container;
use std::collections::{BTreeMap, BTreeSet};
use transit::value::Value;
use uuid::Uuid;

/// The changes that put findings of one page, or of what is kept of one component, right, to be applied in turn as
/// [`crate::apply::apply`] does. Each is about one shape or component and can be refused for another reason, so each is
/// best a batch of its own. What is put right can bring something else to light: check again, some ten times at most.
///
/// `shapes` is what was checked.
pub fn changes(registry: &Registry, shapes: &Outline, findings: &[Finding]) -> Vec<Value> {
    let mut repair = Repair::default();
    for finding in findings {
        finding.edits.iter().for_each(|edit| repair.note(shapes, finding.container, edit));
    }
    repair.changes(registry, shapes)
}

/// A shape and what it lies in.
type Place = (Container, Uuid);

/// What has to be changed, shape by shape and component by component.
#[derive(Default)]
struct Repair {
    attributes: BTreeMap<Place, BTreeMap<&'static str, Value>>,
    children: BTreeMap<Place, Vec<Uuid>>,
    removed: BTreeSet<Place>,
    components: BTreeMap<Uuid, BTreeMap<&'static str, Value>>,
    forgotten: BTreeSet<Uuid>,
}

impl Repair {
    fn note(&mut self, shapes: &Outline, container: Container, edit: &Edit) {
        match edit {
            Edit::Set(shape, attribute, value) => {
                self.attributes.entry((container, *shape)).or_default().insert(attribute, value.clone());
            }
            Edit::Hold(parent, child) => {
                let children = self.children_of(shapes, container, *parent);
                if !children.contains(child) {
                    children.push(*child);
                }
            }
            Edit::Release(parent, child) => {
                self.children_of(shapes, container, *parent).retain(|own| own != child);
            }
            Edit::HoldOnce(parent) => {
                let children = self.children_of(shapes, container, *parent);
                let mut seen = BTreeSet::new();
                children.retain(|child| seen.insert(*child));
            }
            Edit::Remove(shape) => drop(self.removed.insert((container, *shape))),
            Edit::Component(id, attribute, value) => {
                self.components.entry(*id).or_default().insert(attribute, value.clone());
            }
            Edit::Forget(id) => drop(self.forgotten.insert(*id)),
        }
    }

    fn children_of(&mut self, shapes: &Outline, container: Container, parent: Uuid) -> &mut Vec<Uuid> {
        self.children.entry((container, parent)).or_insert_with(|| {
            shapes.get(parent).map(|shape| shape.columns.children().to_vec()).unwrap_or_default()
        })
    }

    fn changes(mut self, registry: &Registry, shapes: &Outline) -> Vec<Value> {
        // What is held too much is released first: else it seems to be inside itself. What is new is held in the end,
        // when it says so itself.
        let (mut changes, mut grown) = (Vec::new(), Vec::new());
        for (place, children) in std::mem::take(&mut self.children) {
            let before = shapes.get(place.1).map(|shape| shape.columns.children()).unwrap_or_default();
            let old: Vec<Uuid> = children.iter().copied().filter(|child| before.contains(child)).collect();
            if old != before {
                changes.push(holding(place, &old));
            }
            if old != children {
                grown.push(holding(place, &children));
            }
        }
        changes.extend(self.attributes.into_iter().map(|(place, attributes)| modified(place, attributes)));
        changes.extend(grown);
        for (container, shape) in self.removed {
            changes.push(change("del-obj", container, shape));
        }
        for id in &self.forgotten {
            self.components.entry(*id).or_default();
        }
        for (id, attributes) in self.components {
            let Some(own) = registry.get(id) else { continue };
            let is_forgotten = self.forgotten.contains(&id);
            // A change of a component takes away what is kept of it, which may be all there is.
            if own.keeps && !is_forgotten {
                continue;
            }
            let mut change = Value::map([("type", Value::keyword("mod-component")), ("id", Value::Uuid(id))]);
            own.sent_again
                .entries()
                .iter()
                .for_each(|(name, value)| change.put_at(name.clone(), value.clone()));
            attributes.into_iter().for_each(|(name, value)| change.put(name, value));
            if own.is_deleted && is_forgotten {
                change.put("objects", Value::Map(Vec::new()));
            }
            changes.push(change);
        }
        changes
    }
}

/// `mod-obj` that sets what a shape holds.
fn holding(place: Place, children: &[Uuid]) -> Value {
    let children = Value::Vec(children.iter().copied().map(Value::Uuid).collect());
    modified(place, BTreeMap::from([("shapes", children)]))
}

/// `mod-obj` that sets attributes, and leaves no note of it in copies.
fn modified((container, shape): Place, attributes: BTreeMap<&'static str, Value>) -> Value {
    let set = |(name, value)| {
        Value::map([
            ("type", Value::keyword("set")),
            ("attr", Value::keyword(name)),
            ("val", value),
            ("ignore-touched", Value::Bool(true)),
        ])
    };
    let mut change = change("mod-obj", container, shape);
    change.put("operations", Value::Vec(attributes.into_iter().map(set).collect()));
    change
}

fn change(name: &str, container: Container, shape: Uuid) -> Value {
    let place = match container {
        Container::Page(id) => ("page-id", id),
        Container::Component(id) => ("component-id", id),
        Container::File => ("page-id", Uuid::nil()),
    };
    let fields =
        [("type", Value::keyword(name)), ("id", Value::Uuid(shape)), (place.0, Value::Uuid(place.1))];
    Value::map(fields)
}
