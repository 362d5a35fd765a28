//! What a shape is to components, and whether it may be that where it is.

use super::copy;
use super::defect::Defect;
use super::finding::Finding;
use super::mains::Scene;
use super::outline::ShapeOutline;
use super::role::{Around, Role};
use transit::value::Value;
use uuid::Uuid;

/// What is wrong with the role of a shape, and what its children are in.
pub(super) fn check(
    scene: &Scene<'_>,
    id: Uuid,
    shape: &ShapeOutline,
    around: Around,
) -> (Vec<Finding>, Around) {
    let role = Role { scene, id, shape, around };
    if shape.is_head() {
        role.head()
    } else if shape.columns.shape_ref.is_some() {
        role.follower()
    } else {
        role.member()
    }
}

impl Role<'_> {
    fn head(&self) -> (Vec<Finding>, Around) {
        let (mut found, inside) = match (self.scene.own_component(self.id, self.shape), self.shape.is_main())
        {
            (Some(_), false) if self.shape.columns.shape_ref.is_none() => {
                let finding = self.of(Defect::ComponentNotMain, "main-instance");
                (vec![finding.with("main-instance", Value::Bool(true))], Around::Main)
            }
            (Some(_), false) => {
                let finding = self.of(Defect::InvalidMainInstance, "component-id");
                (vec![finding], copy::inside(self))
            }
            (None, true) if self.shape.columns.shape_ref.is_some() && self.is_copy_of_another() => {
                let finding = self.of(Defect::ComponentNotMain, "main-instance").without("main-instance");
                (vec![finding], copy::inside(self))
            }
            (_, true) => (self.main(), Around::Main),
            (None, false) => copy::head(self),
        };
        if !self.shape.columns.is_frame() {
            found = vec![self.frame()];
        }
        (found, inside)
    }

    /// Whether its component has another main, which is there.
    fn is_copy_of_another(&self) -> bool {
        let component = self.shape.columns.component;
        let is_own = self.shape.columns.component_file == Some(self.scene.registry.file());
        is_own && component.is_some_and(|component| self.scene.has_main(component))
    }

    /// A group became a frame when heads had to be frames; nothing else can.
    fn frame(&self) -> Finding {
        let finding = self.of(Defect::InstanceHeadNotFrame, "type");
        if self.shape.columns.shape_type.as_deref() != Some("group") {
            return finding;
        }
        let finding = finding.with("type", Value::keyword("frame")).with("fills", Value::Vec(Vec::new()));
        let finding = finding.with("hide-in-viewer", Value::Bool(true));
        ["r1", "r2", "r3", "r4"].into_iter().fold(finding, |finding, name| finding.with(name, Value::Int(0)))
    }

    /// A shape in a copy that follows one of the main.
    fn follower(&self) -> (Vec<Finding>, Around) {
        match self.around {
            Around::Copy { .. } => (copy::follower(self), self.around),
            around => {
                let finding = self.of(Defect::NotHeadCopyNotAllowed, "shape-ref");
                let links = ["shape-ref", "touched", "remote-synced"];
                (vec![links.into_iter().fold(finding, Finding::without)], around)
            }
        }
    }

    /// A shape of a main, or a plain one.
    fn member(&self) -> (Vec<Finding>, Around) {
        let mut found = Vec::new();
        if self.shape.is_main() && self.around != Around::Main {
            let finding = self.of(Defect::NotHeadMainNotAllowed, "main-instance");
            found.push(finding.without("main-instance"));
        }
        found.extend(self.no_head(self.around == Around::Main));
        found.extend(self.misplaced_slot());
        let inside = if self.around == Around::Main { Around::Main } else { Around::Plain };
        (found, inside)
    }
}
