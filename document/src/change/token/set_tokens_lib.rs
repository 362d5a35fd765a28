//! `set-tokens-lib`: replaces the library of tokens, or takes it away. It may be sent in its file form.

use super::ensure::{ensure_status, wanted};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::stop::{Step, Wanted};
use crate::tokens::library::Library;
use crate::tokens::{dtcg, moments};
use crate::work::Work;
use transit::value::Value;

#[derive(Debug)]
pub(crate) struct SetTokensLib {
    library: Option<Value>,
}

impl SetTokensLib {
    /// The file form has no moments: those that it is read with are not told.
    pub(crate) fn decode(mut params: Params) -> Result<SetTokensLib, Fault> {
        let under = |fault: Fault| fault.sent().under("tokens-lib");
        let Some(mut library) = params.take_to_note("tokens-lib") else {
            return Ok(SetTokensLib { library: None });
        };
        if matches!(library, Value::Str(_) | Value::Map(_)) {
            library = dtcg::read(library, 0).map_err(under)?;
            moments::forget(&mut library);
        }
        read(library.clone(), 0).map_err(under)?;
        params.note("tokens-lib", library.clone());
        Ok(SetTokensLib { library: Some(library) })
    }
}

impl Effect for SetTokensLib {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let now = work.now;
        let library = self.library.clone().map(|library| read(library, now)).transpose()?;
        let is_there = library.is_some();
        work.put_tokens(library)?;
        if is_there { ensure_status(work) } else { Ok(()) }
    }
}

fn read(mut library: Value, now: i64) -> Result<Library, Fault> {
    moments::complete(&mut library, now);
    let library = Library::read(library, now)?;
    library.check_counts()?;
    Ok(library)
}
