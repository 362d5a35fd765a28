//! `move-token-set`: moves a set of tokens to another name, and so to another group, or to another place in its own.
//! Themes follow.

use super::ensure::{ensure, wanted};
use super::fields::{before, new_way, way};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::stop::{Step, Wanted};
use crate::tokens::sets::Before;
use crate::work::Work;

#[derive(Debug)]
pub(crate) struct MoveTokenSet {
    from: Vec<String>,
    to: Vec<String>,
    before: Option<Before>,
}

impl MoveTokenSet {
    pub(crate) fn decode(mut params: Params) -> Result<MoveTokenSet, Fault> {
        let (from, to) = (way(&mut params, "from-path")?, new_way(&mut params, "to-path")?);
        Ok(MoveTokenSet { from, to, before: before(&mut params)? })
    }
}

impl Effect for MoveTokenSet {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        ensure(work)?;
        let now = work.now;
        work.change_tokens(|library| library.move_set(&self.from, &self.to, self.before.as_ref(), now))
    }
}
