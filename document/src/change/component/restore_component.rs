//! `restore-component`: a deleted component is there again. Its main was put on a page before.

use super::saved;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::part::{Container, PartKey};
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct RestoreComponent {
    id: Uuid,
    page: Uuid,
}

impl RestoreComponent {
    pub(crate) fn decode(mut params: Params) -> Result<RestoreComponent, Fault> {
        Ok(RestoreComponent { id: params.id("id")?, page: params.id("page-id")? })
    }

    /// What the main says the component is a variant of.
    fn variant(&self, work: &mut Work, main: Option<Uuid>) -> Step<Value> {
        let page = work.existing(Some(Container::Page(self.page)))?;
        let Some((page, main)) = page.zip(main) else { return Ok(Value::Nil) };
        let main = work.parts.open(PartKey::shape(page, main))?;
        Ok(main.and_then(|main| main.plain("variant-id")).cloned().unwrap_or(Value::Nil))
    }
}

impl Effect for RestoreComponent {
    fn wanted(&self) -> Vec<Wanted> {
        let page = Wanted::columns(PartKey::page(self.page), Reach::Itself);
        saved::wanted(self.id).into_iter().chain([page]).collect()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(component) = work.parts.open(PartKey::component(self.id))? else { return Ok(()) };
        let mut component = component.clone();
        saved::replace(work, &mut component, None);
        component.set("deleted", Value::Nil);
        component.set("main-instance-page", Value::Uuid(self.page));
        component.set("modified-at", work.stamp());
        if component.plain("variant-id").is_some() {
            let main = component.plain("main-instance-id").and_then(Value::as_uuid);
            component.set("variant-id", self.variant(work, main)?);
        }
        work.parts.put(component);
        Ok(())
    }
}
