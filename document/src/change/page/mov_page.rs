//! `mov-page`: a page gets another place among the pages.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::order::insert_at;
use crate::params::Params;
use crate::part::PartKey;
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct MovPage {
    id: Uuid,
    index: i64,
}

impl MovPage {
    pub(crate) fn decode(mut params: Params) -> Result<MovPage, Fault> {
        let index = params.index("index")?.ok_or_else(|| Fault::params("should be there").under("index"))?;
        Ok(MovPage { id: params.id("id")?, index })
    }
}

impl Effect for MovPage {
    fn wanted(&self) -> Vec<Wanted> {
        let one = |key| Wanted::columns(key, Reach::Itself);
        vec![one(PartKey::FILE), one(PartKey::page(self.id))]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        if work.parts.find(PartKey::page(self.id))?.is_none() {
            return Err(Fault::params("should be a page that is there").under("id").into());
        }
        if let Some(pages) = work.children_mut(PartKey::FILE)? {
            *pages = insert_at(pages, self.index, &[self.id]);
        }
        Ok(())
    }
}
