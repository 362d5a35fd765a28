//! `mod-page`: another name, another background or pixel grid.

use super::entries;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::part::PartKey;
use crate::schema::kind::Schema;
use crate::stop::{Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

/// What a nil takes away.
const REMOVABLE: &[(&str, Schema)] = &[
    ("background", Schema::Color),
    ("pixel-grid-color", Schema::Color),
    ("pixel-grid-opacity", Schema::Number),
];

#[derive(Debug)]
pub(crate) struct ModPage {
    id: Uuid,
    attributes: Vec<(&'static str, Value)>,
}

impl ModPage {
    pub(crate) fn decode(mut params: Params) -> Result<ModPage, Fault> {
        let name = params.not_nil("name", &Schema::Str)?;
        let mut attributes: Vec<(&'static str, Value)> =
            name.map(|name| ("name", name)).into_iter().collect();
        for (name, schema) in REMOVABLE {
            if params.is_sent(name) {
                attributes.push((*name, params.optional(name, schema)?.unwrap_or(Value::Nil)));
            }
        }
        Ok(ModPage { id: params.id("id")?, attributes })
    }
}

impl Effect for ModPage {
    fn wanted(&self) -> Vec<Wanted> {
        entries::wanted(self.id)
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(page) = work.parts.edit(PartKey::page(self.id))? else { return Ok(()) };
        for (name, value) in &self.attributes {
            page.set(name, value.clone());
        }
        Ok(())
    }
}
