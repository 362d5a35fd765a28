//! `set-default-grid`: what a grid of a type looks like in new frames, or that nobody said.

use super::entries;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::schema::page::{GRID_TYPE, default_grid};
use crate::stop::{Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetDefaultGrid {
    page: Uuid,
    grid_type: String,
    grid: Option<Value>,
}

impl SetDefaultGrid {
    pub(crate) fn decode(mut params: Params) -> Result<SetDefaultGrid, Fault> {
        let grid_type = params.word("grid-type", &GRID_TYPE)?;
        let grid = params.optional("params", default_grid(&grid_type))?;
        Ok(SetDefaultGrid { page: params.id("page-id")?, grid_type, grid })
    }
}

impl Effect for SetDefaultGrid {
    fn wanted(&self) -> Vec<Wanted> {
        entries::wanted(self.page)
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let key = Value::keyword(&self.grid_type);
        entries::set(work, self.page, "default-grids", &key, self.grid.clone(), false)
    }
}
