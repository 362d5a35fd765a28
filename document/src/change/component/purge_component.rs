//! `purge-component`: a component goes for good, and what is kept of it.

use super::saved;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::part::PartKey;
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct PurgeComponent {
    id: Uuid,
}

impl PurgeComponent {
    pub(crate) fn decode(mut params: Params) -> Result<PurgeComponent, Fault> {
        Ok(PurgeComponent { id: params.id("id")? })
    }
}

impl Effect for PurgeComponent {
    fn wanted(&self) -> Vec<Wanted> {
        vec![Wanted::columns(PartKey::component(self.id), Reach::Itself)]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        if work.parts.find(PartKey::component(self.id))?.is_some() {
            saved::remove(work, self.id);
        }
        Ok(())
    }
}
