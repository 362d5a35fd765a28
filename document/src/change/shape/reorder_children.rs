//! `reorder-children`: the children of a shape in another order. None is added, none goes.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::{Params, Place};
use crate::part::PartKey;
use crate::stop::{Reach, Step, Wanted};
use crate::work::{Touched, Work};
use std::collections::HashMap;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct ReorderChildren {
    place: Place,
    parent: Uuid,
    /// Place in the order that was sent; the first one of an id that was sent twice.
    places: HashMap<Uuid, usize>,
}

impl ReorderChildren {
    pub(crate) fn decode(mut params: Params) -> Result<ReorderChildren, Fault> {
        let mut places = HashMap::new();
        for (at, id) in params.ids("shapes")?.into_iter().enumerate() {
            places.entry(id).or_insert(at);
        }
        Ok(ReorderChildren { parent: params.id("parent-id")?, place: params.container()?, places })
    }
}

impl Effect for ReorderChildren {
    fn wanted(&self) -> Vec<Wanted> {
        let Some(container) = self.place.container else { return Vec::new() };
        let keys = [container.owner(), PartKey::shape(container, self.parent)];
        keys.map(|key| Wanted::columns(key, Reach::Itself)).to_vec()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(container) = work.existing(self.place.container)? else { return Ok(()) };
        let key = PartKey::shape(container, self.parent);
        let Some(shape) = work.parts.find(key)? else { return Ok(()) };
        let mut sorted = shape.children().to_vec();
        // Stable; what was not sent comes first.
        sorted.sort_by_key(|id| self.places.get(id).map(|at| at + 1));
        if sorted == shape.children() {
            return Ok(());
        }
        if let Some(children) = work.children_mut(key)? {
            *children = sorted;
        }
        // There is no shape to look from: only a component that the change names can become newer.
        work.touched.push(Touched { shape: None, component: self.place.component });
        Ok(())
    }
}
