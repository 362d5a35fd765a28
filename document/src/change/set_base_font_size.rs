//! `set-base-font-size`: the size that relative sizes of the file's texts refer to. Any text is taken.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::part::PartKey;
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use transit::value::Value;

#[derive(Debug)]
pub(super) struct SetBaseFontSize {
    size: String,
}

impl SetBaseFontSize {
    pub(super) fn decode(mut params: Params) -> Result<SetBaseFontSize, Fault> {
        Ok(SetBaseFontSize { size: params.text("base-font-size")? })
    }
}

impl Effect for SetBaseFontSize {
    fn wanted(&self) -> Vec<Wanted> {
        vec![Wanted::whole(PartKey::FILE, Reach::Itself)]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(file) = work.parts.edit(PartKey::FILE)? else { return Ok(()) };
        let mut options = file.plain("options").filter(|options| options.is_map()).cloned();
        let options = options.get_or_insert_with(|| Value::Map(Vec::new()));
        options.put("base-font-size", Value::text(&self.size));
        file.set("options", options.clone());
        Ok(())
    }
}
