//! `rename-token-set-group`: gives a group of sets another last name, and with it every set in the group.

use super::ensure::{ensure, wanted};
use super::fields::way;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::stop::{Step, Wanted};
use crate::work::Work;

#[derive(Debug)]
pub(crate) struct RenameTokenSetGroup {
    group: Vec<String>,
    name: String,
}

impl RenameTokenSetGroup {
    pub(crate) fn decode(mut params: Params) -> Result<RenameTokenSetGroup, Fault> {
        let group = way(&mut params, "set-group-path")?;
        Ok(RenameTokenSetGroup { group, name: params.text("set-group-fname")? })
    }
}

impl Effect for RenameTokenSetGroup {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        ensure(work)?;
        let now = work.now;
        work.change_tokens(|library| {
            let renamed = library.rename_group(&self.group, &self.name, now);
            renamed.map_err(|fault| fault.under("set-group-fname"))
        })
    }
}
