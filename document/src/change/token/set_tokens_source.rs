//! `set-tokens-source`: tells whose library of tokens the file uses. A file that uses its own names none.

use super::ensure::{SOURCE, ensure_status, wanted};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::part::PartKey;
use crate::stop::{Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetTokensSource {
    library: Option<Uuid>,
}

impl SetTokensSource {
    pub(crate) fn decode(mut params: Params) -> Result<SetTokensSource, Fault> {
        let file = params.id("file-id")?;
        if !params.is_sent("library-id") {
            return Err(Fault::params("should be there, nil for the file's own").under("library-id"));
        }
        // Who goes back to the file's own library names the file.
        let library = params.optional_id("library-id")?.filter(|library| *library != file);
        Ok(SetTokensSource { library })
    }
}

impl Effect for SetTokensSource {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        if let Some(file) = work.parts.edit(PartKey::FILE)? {
            file.set(SOURCE, self.library.map_or(Value::Nil, Value::Uuid));
        }
        if self.library.is_some() { ensure_status(work) } else { Ok(()) }
    }
}
