//! `set-flow`: stores a way through the prototype of a page whole, or takes it away. Its id is the change's.

use super::entries;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::schema::page::FLOW;
use crate::stop::{Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetFlow {
    page: Uuid,
    id: Uuid,
    flow: Option<Value>,
}

impl SetFlow {
    pub(crate) fn decode(mut params: Params) -> Result<SetFlow, Fault> {
        let id = params.id("id")?;
        let mut flow = params.optional("params", &FLOW)?;
        if let Some(flow) = &mut flow {
            flow.put("id", Value::Uuid(id));
        }
        Ok(SetFlow { page: params.id("page-id")?, id, flow })
    }
}

impl Effect for SetFlow {
    fn wanted(&self) -> Vec<Wanted> {
        entries::wanted(self.page)
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        entries::set(work, self.page, "flows", &Value::Uuid(self.id), self.flow.clone(), false)
    }
}
