//! The shapes that are kept of a component: the component has an empty map for them, and they lie in it.

use crate::part::{Container, OpenPart, PartKey};
use crate::stop::{Reach, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

/// The attribute under which shapes are kept.
pub(super) const OBJECTS: &str = "objects";

/// The component alone.
pub(super) fn wanted(id: Uuid) -> Vec<Wanted> {
    vec![Wanted::whole(PartKey::component(id), Reach::Itself)]
}

/// Keeps other shapes, or none and no map for them.
pub(super) fn replace(work: &mut Work, component: &mut OpenPart, shapes: Option<Vec<OpenPart>>) {
    let container = Container::Component(component.key().id);
    let had_shapes = component.plain(OBJECTS).is_some();
    if had_shapes || shapes.is_some() {
        work.renew(container);
    }
    component.set(OBJECTS, if shapes.is_some() { Value::Map(Vec::new()) } else { Value::Nil });
    shapes.into_iter().flatten().for_each(|shape| work.parts.put(shape));
}

/// Takes a component away, and what is kept of it.
pub(super) fn remove(work: &mut Work, id: Uuid) {
    let container = Container::Component(id);
    work.parts.remove(PartKey::component(id));
    work.renew(container);
}
