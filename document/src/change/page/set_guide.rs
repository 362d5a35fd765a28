//! `set-guide`: stores a guide of a page whole, or takes it away. Its id is the change's.

use super::entries;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::schema::page::GUIDE;
use crate::stop::{Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetGuide {
    page: Uuid,
    id: Uuid,
    guide: Option<Value>,
}

impl SetGuide {
    pub(crate) fn decode(mut params: Params) -> Result<SetGuide, Fault> {
        let id = params.id("id")?;
        let mut guide = params.optional("params", &GUIDE)?;
        if let Some(guide) = &mut guide {
            guide.put("id", Value::Uuid(id));
        }
        Ok(SetGuide { page: params.id("page-id")?, id, guide })
    }
}

impl Effect for SetGuide {
    fn wanted(&self) -> Vec<Wanted> {
        entries::wanted(self.page)
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        entries::set(work, self.page, "guides", &Value::Uuid(self.id), self.guide.clone(), false)
    }
}
