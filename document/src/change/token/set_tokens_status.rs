//! `set-tokens-status`: tells which themes and sets are active in the file, by their ids. They may be another file's.

use super::ensure::{ensure, set_status, wanted};
use super::fields::ids;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::schema::tokens::IDS;
use crate::stop::{Step, Wanted};
use crate::work::Work;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetTokensStatus {
    themes: Vec<Uuid>,
    sets: Vec<Uuid>,
}

impl SetTokensStatus {
    pub(crate) fn decode(mut params: Params) -> Result<SetTokensStatus, Fault> {
        let themes = ids(&params.required("theme-ids", &IDS)?);
        Ok(SetTokensStatus { themes, sets: ids(&params.required("set-ids", &IDS)?) })
    }
}

impl Effect for SetTokensStatus {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        ensure(work)?;
        set_status(work, &self.themes, &self.sets)
    }
}
