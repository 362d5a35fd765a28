//! Components of the library, and the shapes that are kept of deleted ones.

use super::defect::Defect;
use super::finding::{Edit, Finding};
use super::outline::Outline;
use super::registry::{ComponentOutline, Registry};
use crate::part::Container;
use std::collections::HashSet;
use uuid::Uuid;

/// What is wrong with a component of the registry. `kept` are the shapes that are kept of it; `has_main` tells whether
/// its main is on its page, so that what is kept can go.
pub fn component(registry: &Registry, id: Uuid, kept: &Outline, has_main: bool) -> Vec<Finding> {
    let Some(component) = registry.get(id) else { return Vec::new() };
    let of = |defect| Finding::of_component(defect, id, "objects");
    let mut found = Vec::new();
    if component.keeps_nil {
        found.push(of(Defect::ComponentNilObjectsNotAllowed).mended(Edit::Forget(id)));
    }
    if component.is_deleted {
        found.extend(check_kept(component, id, kept));
    } else if !kept.is_empty() || component.keeps_oddities {
        let finding = of(Defect::NonDeletedComponentCannotHaveObjects);
        found.push(if has_main { finding.mended(Edit::Forget(id)) } else { finding });
    }
    found
}

/// What is wrong with the shapes that are kept.
fn check_kept(component: &ComponentOutline, id: Uuid, kept: &Outline) -> Vec<Finding> {
    let of = |defect, shape, field| Finding::of(defect, Container::Component(id), shape, field);
    let mut found = Vec::new();
    let Some((main, shape)) = component.main.and_then(|main| Some((main, kept.get(main)?))) else {
        return found;
    };
    let (mut seen, children) = (HashSet::new(), shape.columns.children());
    let mut slots = children.iter().filter_map(|child| kept.get(*child)?.slot());
    if let Some(twice) = slots.find(|slot| !seen.insert(*slot)) {
        found.push(of(Defect::ComponentDuplicateSlot, main, "shapes").about(twice));
    }
    if component.variant.is_some() && shape.variant_id().is_none() {
        found.push(of(Defect::NotAVariant, main, "variant-id"));
    }
    let members = kept.below(main);
    for (own, shape) in kept.iter() {
        if !members.contains(&own) {
            let finding = of(Defect::NotComponentNotAllowed, own, "parent-id").about(main);
            // What holds a shape of the main takes it along.
            let is_apart = kept.below(own).is_disjoint(&members);
            found.push(if is_apart { finding.mended(Edit::Remove(own)) } else { finding });
        } else if shape.columns.shape_ref == Some(own) {
            let finding = of(Defect::ShapeRefCycle, own, "shape-ref");
            // Only the head of a copy is nothing without what it follows.
            found.push(if shape.is_head() { finding } else { finding.without("shape-ref") });
        }
    }
    found
}
