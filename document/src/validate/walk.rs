//! Every shape of a page, each once and each with what is around it, from the root downwards.

use super::defect::Defect;
use super::finding::{Edit, Finding};
use super::links;
use super::mains::{Mains, Scene};
use super::outline::Outline;
use super::place::{self, Holders};
use super::registry::Registry;
use super::role::Around;
use super::variant;
use crate::part::Container;
use std::collections::HashMap;
use uuid::Uuid;

/// What is wrong on a page. Shapes that no way from the root leads to are looked at too.
pub fn page(registry: &Registry, page: Uuid, shapes: &Outline, mains: &Mains) -> Vec<Finding> {
    let scene = Scene::new(registry, page, shapes, mains);
    let holders = place::holders(&scene);
    let mut walk = Walk { scene: &scene, holders, inside: HashMap::new(), found: Vec::new() };
    walk.visit(Uuid::nil(), Around::Plain);
    for (id, _) in shapes.iter() {
        walk.reach(id);
    }
    let mut found = walk.found;
    for finding in variant::check_components(&scene) {
        let is_told = |own: &Finding| (own.defect, own.shape) == (finding.defect, finding.shape);
        if !found.iter().any(is_told) {
            found.push(finding);
        }
    }
    found
}

struct Walk<'w> {
    scene: &'w Scene<'w>,
    holders: Holders,
    /// What the children of a shape are in that was looked at.
    inside: HashMap<Uuid, Around>,
    found: Vec<Finding>,
}

impl Walk<'_> {
    /// Looks at a shape and at all below it that was not looked at yet.
    fn visit(&mut self, id: Uuid, around: Around) {
        let mut left = vec![(id, around)];
        while let Some((id, around)) = left.pop() {
            let Some(shape) = self.scene.shapes.get(id).filter(|_| !self.inside.contains_key(&id)) else {
                continue;
            };
            self.found.extend(place::check(self.scene, &self.holders, id, shape));
            self.found.extend(variant::check(self.scene, id, shape));
            let (found, inside) = links::check(self.scene, id, shape, around);
            self.found.extend(found);
            self.inside.insert(id, inside);
            for child in shape.columns.children().iter().rev() {
                // One that is where it says is looked at there.
                let elsewhere = self.scene.shapes.get(*child).is_some_and(|own| {
                    own.columns.parent != Some(id) && place::is_held(&self.holders, *child, own)
                });
                if !elsewhere {
                    left.push((*child, inside));
                }
            }
        }
    }

    /// Looks at a shape that was not reached from the root, in what it says it is inside of.
    fn reach(&mut self, id: Uuid) {
        let mut way = vec![id];
        while let Some(at) = way.last().copied().filter(|at| !self.inside.contains_key(at)) {
            let parent = self.scene.shapes.get(at).and_then(|shape| shape.columns.parent);
            match parent.filter(|parent| self.scene.shapes.get(*parent).is_some()) {
                Some(parent) if way.contains(&parent) => {
                    self.found.push(self.inside_itself(at, parent));
                    break;
                }
                Some(parent) => way.push(parent),
                None => break,
            }
        }
        while let Some(at) = way.pop() {
            let parent = self.scene.shapes.get(at).and_then(|shape| shape.columns.parent);
            let around = parent.and_then(|parent| self.inside.get(&parent)).copied();
            self.visit(at, around.unwrap_or(Around::Plain));
        }
    }

    /// A shape whose parent is inside the shape itself.
    fn inside_itself(&self, id: Uuid, parent: Uuid) -> Finding {
        let of = Finding::of(Defect::InvalidParent, Container::Page(self.scene.page), id, "parent-id");
        place::to_the_root(self.scene, id, of.about(parent).mended(Edit::Release(parent, id)))
    }
}
