//! Mains of components.

use super::defect::Defect;
use super::finding::{Edit, Finding};
use super::role::{Around, Role, duplicate_slot};
use transit::value::Value;

impl Role<'_> {
    /// What is wrong with a main.
    pub(super) fn main(&self) -> Vec<Finding> {
        if let Some(finding) = self.main_place() {
            return vec![finding];
        }
        let mut found = Vec::from_iter(self.main_component());
        if self.shape.columns.shape_ref.is_some() {
            found.push(self.of(Defect::ShapeRefInMain, "shape-ref").without("shape-ref"));
        }
        found.extend(self.misplaced_slot());
        found.extend(duplicate_slot(self));
        found
    }

    /// Whether a main may be where it is.
    fn main_place(&self) -> Option<Finding> {
        match (self.around, self.shape.is_root()) {
            (Around::Plain, true) => None,
            (Around::Plain, false) if self.scene.own_component(self.id, self.shape).is_some() => {
                let finding = self.of(Defect::ShouldBeComponentRoot, "component-root");
                Some(finding.with("component-root", Value::Bool(true)))
            }
            (Around::Main | Around::Copy { .. }, true) => {
                Some(self.of(Defect::RootMainNotAllowed, "component-root"))
            }
            (Around::Plain | Around::Main, false) => {
                Some(self.of(Defect::NestedMainNotAllowed, "main-instance"))
            }
            (Around::Copy { .. }, false) => None,
        }
    }

    /// Whether the component of a main knows it.
    fn main_component(&self) -> Option<Finding> {
        let (registry, component) = (self.scene.registry, self.shape.columns.component?);
        let own = registry.get(component);
        let is_its = own.is_some_and(|own| own.main == Some(self.id));
        if self.shape.columns.component_file != Some(registry.file()) {
            let finding = self.of(Defect::ComponentMainExternal, "component-file");
            return Some(if is_its { finding.should_be(registry.file()) } else { finding });
        }
        let Some(own) = own else {
            return Some(self.of(Defect::ComponentNotFound, "component-id").about(component));
        };
        let edit = |name, id| Edit::Component(component, name, Value::Uuid(id));
        let is_there = self.scene.has_main(component);
        if !is_its {
            let finding = self.of(Defect::InvalidMainInstanceId, "component-id").about(component);
            // Where no other is the main, this is it.
            return Some(if is_there || own.is_deleted {
                finding
            } else {
                let finding = finding.mended(edit("main-instance-id", self.id));
                finding.mended(edit("main-instance-page", self.scene.page))
            });
        }
        if own.page == Some(self.scene.page) {
            return None;
        }
        Some(if is_there && !own.is_deleted {
            self.of(Defect::ComponentMain, "main-instance").about(component)
        } else {
            let finding = self.of(Defect::InvalidMainInstancePage, "component-id").about(component);
            if own.is_deleted { finding } else { finding.mended(edit("main-instance-page", self.scene.page)) }
        })
    }
}
