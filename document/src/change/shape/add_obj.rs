//! `add-obj`: stores a shape, also in the place of one that has its id.

use super::copies::fall_out_of_step;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::limits::check_attributes;
use crate::order::insert_at;
use crate::params::{Params, Place};
use crate::part::{Columns, Container, OpenPart, PartKey};
use crate::schema::shape;
use crate::stop::{Reach, Step, Wanted};
use crate::tree::{check_count, check_place};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct AddObj {
    place: Place,
    id: Uuid,
    frame: Uuid,
    parent: Uuid,
    index: Option<i64>,
    ignore_touched: bool,
    shape: Value,
}

impl AddObj {
    pub(crate) fn decode(mut params: Params) -> Result<AddObj, Fault> {
        let (id, frame) = (params.id("id")?, params.id("frame-id")?);
        let parent = params.optional_id("parent-id")?.unwrap_or(frame);
        let shape = params.take_to_note("obj").filter(Value::is_map);
        let shape = shape::coerce(shape.ok_or_else(|| Fault::params("should be a shape").under("obj"))?);
        check_attributes(&shape).map_err(|fault| fault.under("obj"))?;
        params.note("obj", shape.clone());
        Ok(AddObj {
            place: params.container()?,
            id,
            frame,
            parent,
            index: params.index("index")?,
            ignore_touched: params.flag("ignore-touched")?,
            shape,
        })
    }

    /// The id where there is such a shape; else the root.
    fn existing(work: &Work, container: Container, id: Uuid) -> Step<Uuid> {
        let found = work.parts.find_with(PartKey::shape(container, id), Reach::Above)?;
        Ok(if found.is_some() { id } else { Uuid::nil() })
    }

    /// The shape as it will be stored.
    fn shape(&self, container: Container, parent: Uuid, frame: Uuid) -> Result<OpenPart, Fault> {
        let mut shape = OpenPart::new(PartKey::shape(container, self.id), self.shape.clone());
        shape.set("parent-id", Value::Uuid(parent));
        shape.set("frame-id", Value::Uuid(frame));
        // A change that is wrong as it was sent, not a document that would become so.
        shape::check(&shape).map_err(|fault| fault.sent().under("obj"))?;
        Ok(shape)
    }
}

impl Effect for AddObj {
    fn wanted(&self) -> Vec<Wanted> {
        let Some(container) = self.place.container else { return Vec::new() };
        let one = |id, reach| Wanted::columns(PartKey::shape(container, id), reach);
        let owner = Wanted::columns(container.owner(), Reach::Itself);
        let around =
            [one(self.id, Reach::Itself), one(self.parent, Reach::Above), one(self.frame, Reach::Itself)];
        let held = self.shape.get("shapes").and_then(Value::as_uuids).unwrap_or_default();
        let held = held.into_iter().map(|id| one(id, Reach::Below));
        [owner].into_iter().chain(around).chain(held).collect()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(container) = work.existing(self.place.container)? else { return Ok(()) };
        let key = PartKey::shape(container, self.id);
        if key.is_root() {
            return Err(Fault::params("should not be the root of a page").under("id").into());
        }
        let parent = AddObj::existing(work, container, self.parent)?;
        let frame = AddObj::existing(work, container, self.frame)?;
        let parent_key = PartKey::shape(container, parent);
        if work.parts.find(parent_key)?.is_none() {
            let reason = "should be a shape that is there: the container has no root to put it in";
            return Err(Fault::params(reason).under("parent-id").into());
        }
        let before: Option<Columns> = work.parts.find(key)?.cloned();
        work.parts.put(self.shape(container, parent, frame)?);
        work.parts.note_drawn(key);
        work.marks.remove(&key);
        if let Some(children) = work.children_mut(parent_key)?
            && !children.contains(&self.id)
        {
            match self.index {
                Some(index) => *children = insert_at(children, index, &[self.id]),
                None => children.push(self.id),
            }
            check_count(children.len())?;
        }
        check_place(&work.parts, key, before.as_ref())?;
        if self.ignore_touched { Ok(()) } else { fall_out_of_step(work, parent_key) }
    }
}
