//! `del-page`: a page goes, with its shapes. None of them is looked at.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::part::{Container, PartKey};
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct DelPage {
    id: Uuid,
}

impl DelPage {
    pub(crate) fn decode(mut params: Params) -> Result<DelPage, Fault> {
        Ok(DelPage { id: params.id("id")? })
    }
}

impl Effect for DelPage {
    fn wanted(&self) -> Vec<Wanted> {
        let one = |key| Wanted::columns(key, Reach::Itself);
        vec![one(PartKey::FILE), one(PartKey::page(self.id))]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let key = PartKey::page(self.id);
        if work.parts.find(key)?.is_some() {
            let container = Container::Page(self.id);
            work.parts.remove(key);
            work.renew(container);
        }
        let is_listed =
            work.parts.find(PartKey::FILE)?.is_some_and(|file| file.children().contains(&self.id));
        if is_listed && let Some(pages) = work.children_mut(PartKey::FILE)? {
            pages.retain(|page| *page != self.id);
        }
        Ok(())
    }
}
