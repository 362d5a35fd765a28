//! Something that is wrong, where, and what would put it right.

use super::defect::Defect;
use crate::part::{Container, PartKey};
use transit::value::Value;
use uuid::Uuid;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which rule is broken.
    pub defect: Defect,
    /// The page, or the component of which shapes are kept.
    pub container: Container,
    /// The shape; none when it is about the component itself.
    pub shape: Option<Uuid>,
    /// The attribute in which it shows.
    pub field: &'static str,
    /// What it should have been, or the other shape or component that it is about.
    pub other: Option<Uuid>,
    /// What puts it right, where one thing does and loses nothing. Empty when somebody has to decide.
    pub edits: Vec<Edit>,
}

/// A change of one part.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// A shape gets an attribute, or loses it when the value is nil.
    Set(Uuid, &'static str, Value),
    /// A shape holds another, in front of all that it holds.
    Hold(Uuid, Uuid),
    /// A shape does not hold another any more.
    Release(Uuid, Uuid),
    /// A shape holds each other once.
    HoldOnce(Uuid),
    /// A shape goes, of what is kept of a deleted component.
    Remove(Uuid),
    /// The component of the library gets an attribute.
    Component(Uuid, &'static str, Value),
    /// What is kept of a component goes; of a deleted one nothing is kept then.
    Forget(Uuid),
}

impl Finding {
    /// A finding about a shape.
    pub(super) fn of(defect: Defect, container: Container, shape: Uuid, field: &'static str) -> Finding {
        Finding { defect, container, shape: Some(shape), field, other: None, edits: Vec::new() }
    }

    /// A finding about a component.
    pub(super) fn of_component(defect: Defect, component: Uuid, field: &'static str) -> Finding {
        let container = Container::Component(component);
        Finding { defect, container, shape: None, field, other: None, edits: Vec::new() }
    }

    /// The same with what it should have been.
    pub(super) fn about(self, other: Uuid) -> Finding {
        Finding { other: Some(other), ..self }
    }

    /// The same with what puts it right.
    pub(super) fn mended(mut self, edit: Edit) -> Finding {
        self.edits.push(edit);
        self
    }

    /// The same; its shape loses an attribute.
    pub(super) fn without(self, attribute: &'static str) -> Finding {
        self.with(attribute, Value::Nil)
    }

    /// The same; its shape gets an attribute.
    pub(super) fn with(self, attribute: &'static str, value: Value) -> Finding {
        match self.shape {
            Some(shape) => self.mended(Edit::Set(shape, attribute, value)),
            None => self,
        }
    }

    /// The same; its shape gets the id in the attribute in which it shows.
    pub(super) fn should_be(self, id: Uuid) -> Finding {
        let field = self.field;
        self.about(id).with(field, Value::Uuid(id))
    }

    /// The part it is about.
    pub fn part(&self) -> PartKey {
        match self.shape {
            Some(shape) => PartKey::shape(self.container, shape),
            None => self.container.owner(),
        }
    }
}
