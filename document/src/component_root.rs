//! After a batch: which components became newer than their copies.

use crate::part::{Container, PartKey};
use crate::stop::{Reach, Step};
use crate::work::{Touched, Work};
use uuid::Uuid;

/// Dates the components whose mains were touched, as the document is when all changes are done.
pub(crate) fn date_touched(work: &mut Work) -> Step<()> {
    for Touched { shape, component } in std::mem::take(&mut work.touched) {
        let main = match shape {
            Some(key) => component_of_main(work, key)?,
            None => None,
        };
        // Where the shape is in no main, the component that the change named.
        let Some(id) = main.or(component) else { continue };
        let stamp = work.stamp();
        if let Some(component) = work.parts.edit(PartKey::component(id))? {
            component.set("modified-at", stamp);
        }
    }
    Ok(())
}

/// The component whose main a shape is in.
fn component_of_main(work: &Work, key: PartKey) -> Step<Option<Uuid>> {
    let Some(container) = work.existing(Some(key.container))? else { return Ok(None) };
    let root = nearest_root(work, container, key.id)?;
    let Some(root) = root else { return Ok(None) };
    let root = work.parts.find(PartKey::shape(container, root))?;
    Ok(root.filter(|root| root.main_instance == Some(true)).and_then(|root| root.component))
}

/// The nearest root of a component around a shape, itself included: one that says so, or a head that is not inside a
/// copy. Nothing at the root of the page, or where the way up breaks off.
fn nearest_root(work: &Work, container: Container, id: Uuid) -> Step<Option<Uuid>> {
    let find = |id| work.parts.find_with(PartKey::shape(container, id), Reach::Above);
    let (mut seen, mut at) = (std::collections::HashSet::new(), id);
    while let Some(shape) = find(at)? {
        if at.is_nil() || !seen.insert(at) {
            break;
        }
        if shape.component_root == Some(true) {
            return Ok(Some(at));
        }
        let parent = match shape.parent {
            Some(parent) => find(parent)?,
            None => None,
        };
        if shape.component.is_some() && parent.is_none_or(|parent| !parent.is_in_copy()) {
            return Ok(Some(at));
        }
        match shape.parent {
            Some(parent) => at = parent,
            None => break,
        }
    }
    Ok(None)
}
