//! Links of copies to mains of the same file, put right where checks say what is right.

use super::whole::Whole;
use crate::part::{Container, Kind, PartKey};
use crate::validate::{Defect, Edit, Finding, Mains, Outline, Registry, page, wanted};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What is put right in a main shows in its copies, and so on.
const ROUNDS_MAX: usize = 20;

/// Puts one sort of defect right, in every page and in what is kept of every component, until there is no more of it.
pub(super) fn mend(whole: &mut Whole, defect: Defect) {
    for _ in 0..ROUNDS_MAX {
        let found = find(whole, defect);
        if found.is_empty() {
            return;
        }
        for finding in found {
            for edit in finding.edits {
                let Edit::Set(shape, attribute, value) = edit else { continue };
                if let Some(shape) = whole.get_mut(PartKey::shape(finding.container, shape)) {
                    shape.set(attribute, value);
                }
            }
        }
    }
}

fn find(whole: &Whole, defect: Defect) -> Vec<Finding> {
    let mut registry = Registry::new(whole.file);
    let mut outlines: BTreeMap<Container, Outline> = BTreeMap::new();
    for part in whole.parts.values() {
        match part.key().kind {
            Kind::Component => registry.add(part),
            Kind::Shape => outlines.entry(part.key().container).or_default().add(part),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for (container, shapes) in &outlines {
        let place = container.owner().id;
        let mut mains = Mains::new();
        for (file, component) in wanted(&registry, place, shapes) {
            if file == whole.file {
                put_main(whole, &outlines, component, &mut mains);
            }
        }
        let own =
            page(&registry, place, shapes, &mains).into_iter().filter(|finding| finding.defect == defect);
        found.extend(own.map(|finding| Finding { container: *container, ..finding }));
    }
    found
}

/// The main of a component of the file: on its page, or what is kept of it.
fn put_main(whole: &Whole, outlines: &BTreeMap<Container, Outline>, id: Uuid, mains: &mut Mains) {
    let Some(component) = whole.get(PartKey::component(id)) else { return };
    let own = |name: &str| component.plain(name).and_then(|id| id.as_uuid());
    let is_deleted = component.plain("deleted").is_some();
    let container = if is_deleted {
        Some(Container::Component(id))
    } else {
        own("main-instance-page").map(Container::Page)
    };
    let (Some(container), Some(main)) = (container, own("main-instance-id")) else { return };
    let Some(shapes) = outlines.get(&container) else { return };
    let members: BTreeSet<Uuid> = shapes.below(main).into_iter().collect();
    mains.put(whole.file, id, main, shapes.only(&members));
}
