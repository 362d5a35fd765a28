//! A shape and what is around it: what checks of components look at.
//!
//! A head names a component: it is its main, or a copy. What is below a main is part of it, what is below a copy
//! follows what is below the main, and what is below neither is plain.

use super::defect::Defect;
use super::finding::Finding;
use super::mains::{Component, Scene};
use super::outline::ShapeOutline;
use crate::part::Container;
use std::collections::HashSet;
use uuid::Uuid;

/// What is around a shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Around {
    /// No component.
    Plain,
    /// A main.
    Main,
    /// A copy, of a component whose library can be read or not.
    Copy { is_visible: bool },
}

/// A shape that is being looked at.
pub(super) struct Role<'r> {
    pub(super) scene: &'r Scene<'r>,
    pub(super) id: Uuid,
    pub(super) shape: &'r ShapeOutline,
    pub(super) around: Around,
}

impl Role<'_> {
    pub(super) fn of(&self, defect: Defect, field: &'static str) -> Finding {
        Finding::of(defect, Container::Page(self.scene.page), self.id, field)
    }

    /// What only heads have.
    pub(super) fn no_head(&self, asks_main: bool) -> Vec<Finding> {
        let mut found = Vec::new();
        if asks_main && self.shape.is_main() {
            found.push(self.of(Defect::ComponentMain, "main-instance").without("main-instance"));
        }
        if self.shape.columns.component_file.is_some() {
            found.push(self.of(Defect::ComponentMain, "component-file").without("component-file"));
        }
        if self.shape.is_root() {
            found.push(self.of(Defect::ShouldNotBeComponentRoot, "component-root").without("component-root"));
        }
        found
    }

    /// A slot where nothing can be swapped.
    pub(super) fn misplaced_slot(&self) -> Option<Finding> {
        let finding = || self.of(Defect::MisplacedSlot, "touched");
        self.shape.has_slot().then(|| finding().with("touched", self.shape.touched_with(false, None)))
    }

    /// Whether the component of a head is not there, and what that is told as.
    pub(super) fn absent(&self) -> Option<Finding> {
        match self.scene.component(self.shape) {
            Component::Absent => {
                let finding = self.of(Defect::ComponentNotFound, "component-id");
                Some(self.shape.columns.component.into_iter().fold(finding, Finding::about))
            }
            _ => None,
        }
    }
}

/// Two children that were swapped for the same: somebody has to say which.
pub(super) fn duplicate_slot(role: &Role<'_>) -> Option<Finding> {
    let shapes = role.scene.shapes;
    let mut seen = HashSet::new();
    let slots = role.shape.columns.children().iter().filter_map(|child| shapes.get(*child)?.slot());
    let twice = slots.into_iter().find(|slot| !seen.insert(*slot))?;
    Some(role.of(Defect::DuplicateSlot, "shapes").about(twice))
}
