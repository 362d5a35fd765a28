//! `mov-objects`: shapes get another parent, or another place in theirs. All of them, or none.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::order::{append_missing, each_once, insert_at};
use crate::params::{Params, Place};
use crate::part::{Columns, Container, PartKey};
use crate::stop::{Reach, Step, Wanted};
use crate::tree::{ancestors, check_count, check_depth, subtree};
use crate::work::{Link, Work};
use std::collections::{BTreeMap, HashSet};
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct MovObjects {
    place: Place,
    parent: Uuid,
    shapes: Vec<Uuid>,
    after: Option<Uuid>,
    index: Option<i64>,
    /// Copies may be changed: the change keeps them in step itself.
    altering_copies: bool,
}

impl MovObjects {
    pub(crate) fn decode(mut params: Params) -> Result<MovObjects, Fault> {
        let shapes = each_once(params.ids("shapes")?);
        if shapes.iter().any(Uuid::is_nil) {
            return Err(Fault::params("should not hold the root of a page").under("shapes"));
        }
        Ok(MovObjects {
            parent: params.id("parent-id")?,
            place: params.container()?,
            shapes,
            after: params.optional_id("after-shape")?,
            index: params.index("index")?,
            altering_copies: params.flag("allow-altering-copies")? | params.flag("syncing")?,
        })
    }

    /// Whether every shape may go there.
    fn is_allowed(&self, work: &Work, container: Container) -> Step<bool> {
        let parts = &work.parts;
        let find = |id, reach| parts.find_with(PartKey::shape(container, id), reach);
        let Some(target) = find(self.parent, Reach::Above)? else { return Ok(false) };
        let mut around = ancestors(parts, container, self.parent)?;
        around.push(self.parent);
        let mut outer: HashSet<Uuid> = HashSet::new();
        for id in &around {
            outer.extend(find(*id, Reach::Above)?.and_then(|shape| shape.component));
        }
        for id in &self.shapes {
            let Some(shape) = find(*id, Reach::Below)? else { return Ok(false) };
            let below = subtree(parts, container, *id)?;
            // Into itself, by children or by parents.
            if below.contains(&self.parent) || around.contains(id) {
                return Ok(false);
            }
            for id in below {
                // A component inside itself would have no end.
                let component = find(id, Reach::Below)?.and_then(|shape| shape.component);
                if component.is_some_and(|component| outer.contains(&component)) {
                    return Ok(false);
                }
            }
            let from = match shape.parent {
                Some(parent) => find(parent, Reach::Itself)?,
                None => None,
            };
            if !self.altering_copies && (target.is_in_copy() || from.is_some_and(Columns::is_in_copy)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The shapes are inside the new parent, and no longer among the children of what they were inside of.
    fn leave(&self, work: &mut Work, container: Container) -> Step<()> {
        let mut left: BTreeMap<Uuid, HashSet<Uuid>> = BTreeMap::new();
        for id in &self.shapes {
            let key = PartKey::shape(container, *id);
            let from = work.parts.find(key)?.and_then(|shape| shape.parent);
            work.set_id(key, Link::Parent, self.parent)?;
            if let Some(from) = from.filter(|from| *from != self.parent) {
                left.entry(from).or_default().insert(*id);
            }
        }
        for (from, ids) in left {
            let from = PartKey::shape(container, from);
            let lists = |from: &Columns| from.children().iter().any(|child| ids.contains(child));
            if work.parts.find(from)?.is_some_and(lists)
                && let Some(children) = work.children_mut(from)?
            {
                children.retain(|child| !ids.contains(child));
            }
        }
        Ok(())
    }

    /// The shape, and what is below it but not inside its frames, is inside a frame.
    fn set_frame(work: &mut Work, container: Container, id: Uuid, frame: Uuid) -> Step<()> {
        let (mut seen, mut left) = (HashSet::new(), vec![id]);
        while let Some(id) = left.pop() {
            let key = PartKey::shape(container, id);
            let Some(shape) = work.parts.find_with(key, Reach::Below)? else { continue };
            if !seen.insert(id) {
                continue;
            }
            if !shape.is_frame() {
                left.extend(shape.children());
            }
            work.set_id(key, Link::Frame, frame)?;
        }
        Ok(())
    }
}

impl Effect for MovObjects {
    fn wanted(&self) -> Vec<Wanted> {
        let Some(container) = self.place.container else { return Vec::new() };
        let one = |id, reach| Wanted::columns(PartKey::shape(container, id), reach);
        let owner = Wanted::columns(container.owner(), Reach::Itself);
        let moved = self.shapes.iter().flat_map(|id| [one(*id, Reach::Below), one(*id, Reach::Above)]);
        [owner, one(self.parent, Reach::Above)].into_iter().chain(moved).collect()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(container) = work.existing(self.place.container)? else { return Ok(()) };
        if self.shapes.is_empty() || !self.is_allowed(work, container)? {
            return Ok(());
        }
        let target = PartKey::shape(container, self.parent);
        let Some(columns) = work.parts.find(target)? else { return Ok(()) };
        let frame = if columns.is_frame() { Some(self.parent) } else { columns.frame };
        let Some(frame) = frame else {
            return Err(Fault::data("should be inside a frame").under("parent-id").into());
        };
        check_depth(&work.parts, container, self.parent, &self.shapes)?;
        if let Some(children) = work.children_mut(target)? {
            let after = self.after.and_then(|after| children.iter().position(|child| *child == after));
            let after = after.and_then(|at| i64::try_from(at).ok()?.checked_add(1));
            match after.or(self.index) {
                Some(index) => *children = insert_at(children, index, &self.shapes),
                None => append_missing(children, &self.shapes),
            }
            check_count(children.len())?;
        }
        self.leave(work, container)?;
        for id in &self.shapes {
            MovObjects::set_frame(work, container, *id, frame)?;
        }
        Ok(())
    }
}
