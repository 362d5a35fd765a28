//! `set-active-token-themes`: tells which themes are active, by their paths, in the library and in the file. Only older
//! clients send it.

use super::ensure::{ensure, take_status_over, wanted};
use super::fields::texts;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::schema::tokens::TEXTS;
use crate::stop::{Step, Wanted};
use crate::tokens::library::Library;
use crate::work::Work;

#[derive(Debug)]
pub(crate) struct SetActiveTokenThemes {
    paths: Vec<String>,
}

impl SetActiveTokenThemes {
    pub(crate) fn decode(mut params: Params) -> Result<SetActiveTokenThemes, Fault> {
        let paths = texts(&params.required("theme-paths", &TEXTS)?);
        Library::check_active(&paths).map_err(|fault| fault.under("theme-paths"))?;
        Ok(SetActiveTokenThemes { paths })
    }
}

impl Effect for SetActiveTokenThemes {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        ensure(work)?;
        work.change_tokens(|library| Ok(library.set_active(self.paths.clone())))?;
        if work.tokens()?.is_some() { take_status_over(work) } else { Ok(()) }
    }
}
