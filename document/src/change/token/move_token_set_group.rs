//! `move-token-set-group`: moves a group of sets with all that is in it to another name, or to another place among its
//! neighbours. Themes follow.

use super::ensure::{ensure, wanted};
use super::fields::{before, new_way, way};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::stop::{Step, Wanted};
use crate::tokens::sets::Before;
use crate::work::Work;

#[derive(Debug)]
pub(crate) struct MoveTokenSetGroup {
    from: Vec<String>,
    to: Vec<String>,
    before: Option<Before>,
}

impl MoveTokenSetGroup {
    pub(crate) fn decode(mut params: Params) -> Result<MoveTokenSetGroup, Fault> {
        let (from, to) = (way(&mut params, "from-path")?, new_way(&mut params, "to-path")?);
        Ok(MoveTokenSetGroup { from, to, before: before(&mut params)? })
    }
}

impl Effect for MoveTokenSetGroup {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        ensure(work)?;
        let now = work.now;
        work.change_tokens(|library| library.move_group(&self.from, &self.to, self.before.as_ref(), now))
    }
}
