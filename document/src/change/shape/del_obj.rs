//! `del-obj`: a shape goes, with all below it. What names it elsewhere stays.

use super::copies::fall_out_of_step;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::{Params, Place};
use crate::part::PartKey;
use crate::stop::{Reach, Step, Wanted};
use crate::tree::subtree;
use crate::work::Work;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct DelObj {
    place: Place,
    id: Uuid,
    ignore_touched: bool,
}

impl DelObj {
    pub(crate) fn decode(mut params: Params) -> Result<DelObj, Fault> {
        let id = params.id("id")?;
        if id.is_nil() {
            return Err(Fault::params("should not be the root of a page").under("id"));
        }
        Ok(DelObj { place: params.container()?, id, ignore_touched: params.flag("ignore-touched")? })
    }
}

impl Effect for DelObj {
    fn wanted(&self) -> Vec<Wanted> {
        let Some(container) = self.place.container else { return Vec::new() };
        let key = PartKey::shape(container, self.id);
        vec![
            Wanted::columns(container.owner(), Reach::Itself),
            Wanted::columns(key, Reach::Below),
            Wanted::columns(key, Reach::Above),
        ]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(container) = work.existing(self.place.container)? else { return Ok(()) };
        let key = PartKey::shape(container, self.id);
        let Some(shape) = work.parts.find_with(key, Reach::Below)? else { return Ok(()) };
        let parent = shape.parent.map(|parent| PartKey::shape(container, parent));
        for gone in subtree(&work.parts, container, self.id)? {
            let gone = PartKey::shape(container, gone);
            // A broken page may list its root somewhere below; the root always stays.
            if !gone.is_root() {
                work.remove_shape(gone);
            }
        }
        let Some(parent) = parent else { return Ok(()) };
        let is_listed = work.parts.find(parent)?.is_some_and(|parent| parent.children().contains(&self.id));
        if is_listed && let Some(children) = work.children_mut(parent)? {
            children.retain(|child| *child != self.id);
        }
        if self.ignore_touched { Ok(()) } else { fall_out_of_step(work, parent) }
    }
}
