//! `del-component`: a component is deleted, and its main is kept in it until it is restored or nobody uses it.

use super::saved::{self, OBJECTS};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::geometry::number::Number;
use crate::geometry::translate::translate;
use crate::params::Params;
use crate::part::{Container, OpenPart, PartKey};
use crate::schema::page::POSITION;
use crate::stop::{Reach, Step, Wanted};
use crate::tree::subtree;
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct DelComponent {
    id: Uuid,
    /// It goes at once, and cannot be restored.
    for_good: bool,
    delta: [Number; 2],
}

impl DelComponent {
    pub(crate) fn decode(mut params: Params) -> Result<DelComponent, Fault> {
        let delta = params.optional("delta", &POSITION)?;
        let by = |name| {
            let number = delta.as_ref().and_then(|delta| delta.get(name)).and_then(Number::of);
            number.unwrap_or(Number::Int(0))
        };
        let delta = [by("x"), by("y")];
        // JSON loses the question mark on its way through some clients.
        let for_good = params.flag("skip-undelete?")? | params.flag("skip-undelete")?;
        Ok(DelComponent { id: params.id("id")?, for_good, delta })
    }

    /// The main with all below it, moved, as it is kept; none when the main is not on its page.
    fn kept(&self, work: &mut Work, component: &OpenPart) -> Step<Option<Vec<OpenPart>>> {
        let id = |name| component.plain(name).and_then(Value::as_uuid);
        let Some((page, main)) = id("main-instance-page").zip(id("main-instance-id")) else {
            return Ok(None);
        };
        let Some(page) = work.existing(Some(Container::Page(page)))? else { return Ok(None) };
        let top = PartKey::shape(page, main);
        let all = [Wanted::whole(top, Reach::Below)];
        let ids = subtree(&work.parts, page, main).map_err(|halt| halt.with(all))?;
        if ids.is_empty() {
            return Ok(None);
        }
        let mut kept = Vec::with_capacity(ids.len());
        for id in ids {
            let shape = work.parts.open(PartKey::shape(page, id)).map_err(|halt| halt.with(all))?;
            let Some(shape) = shape else { continue };
            let key = PartKey::shape(Container::Component(self.id), id);
            let mut copy = OpenPart::new(key, shape.to_value());
            translate(&mut copy, self.delta);
            kept.push(copy);
        }
        Ok(Some(kept))
    }
}

impl Effect for DelComponent {
    fn wanted(&self) -> Vec<Wanted> {
        saved::wanted(self.id)
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let key = PartKey::component(self.id);
        if self.for_good {
            if work.parts.find(key)?.is_some() {
                saved::remove(work, self.id);
            }
            return Ok(());
        }
        let Some(component) = work.parts.open(key)? else { return Ok(()) };
        let mut component = component.clone();
        if !has_kept(work, &component)? {
            let is_deleted = component.plain("deleted") == Some(&Value::Bool(true));
            let kept = self.kept(work, &component)?;
            if kept.is_some() {
                saved::replace(work, &mut component, kept);
            } else if !is_deleted {
                return Err(Fault::data("should be a component whose main is on its page")
                    .under("id")
                    .into());
            }
        }
        component.set("modified-at", work.stamp());
        component.set("deleted", Value::Bool(true));
        work.parts.put(component);
        Ok(())
    }
}

/// Whether shapes are kept of a component already.
fn has_kept(work: &Work, component: &OpenPart) -> Step<bool> {
    let Some(main) = component.plain("main-instance-id").and_then(Value::as_uuid) else { return Ok(false) };
    if component.plain(OBJECTS).is_none() {
        return Ok(false);
    }
    let key = PartKey::shape(Container::Component(component.key().id), main);
    Ok(work.parts.find(key)?.is_some())
}
