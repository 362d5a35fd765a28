//! `fix-obj`: a shape forgets children that do not exist.

use crate::effect::Effect;
use crate::fault::{Code, Fault};
use crate::params::{Params, Place};
use crate::part::PartKey;
use crate::schema::kind::Schema;
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct FixObj {
    place: Place,
    id: Uuid,
}

impl FixObj {
    pub(crate) fn decode(mut params: Params) -> Result<FixObj, Fault> {
        if let Some(fix) = params.optional("fix", &Schema::Keyword)?
            && fix.as_keyword() != Some("broken-children")
        {
            return Err(Fault::params("should be broken-children").under("fix").coded(Code::Fix));
        }
        Ok(FixObj { id: params.id("id")?, place: params.container()? })
    }
}

impl Effect for FixObj {
    fn wanted(&self) -> Vec<Wanted> {
        let Some(container) = self.place.container else { return Vec::new() };
        let key = PartKey::shape(container, self.id);
        vec![Wanted::columns(container.owner(), Reach::Itself), Wanted::columns(key, Reach::Children)]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(container) = work.existing(self.place.container)? else { return Ok(()) };
        let key = PartKey::shape(container, self.id);
        let Some(shape) = work.parts.find_with(key, Reach::Children)? else { return Ok(()) };
        let mut kept = Vec::new();
        for child in shape.children() {
            let child_key = PartKey::shape(container, *child);
            let found = work.parts.find(child_key);
            if found.map_err(|halt| halt.with([Wanted::columns(key, Reach::Children)]))?.is_some() {
                kept.push(*child);
            }
        }
        if kept.len() < shape.children().len()
            && let Some(children) = work.children_mut(key)?
        {
            *children = kept;
        }
        Ok(())
    }
}
