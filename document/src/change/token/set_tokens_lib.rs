//! `set-tokens-lib`: replaces the library of tokens, or takes it away. It may be sent in its file form.

use super::ensure::{ensure_status, wanted};
use super::fields::as_params;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::stop::{Step, Wanted};
use crate::tokens::dtcg;
use crate::tokens::library::Library;
use crate::work::Work;
use transit::value::Value;

#[derive(Debug)]
pub(crate) struct SetTokensLib {
    library: Option<Value>,
}

impl SetTokensLib {
    pub(crate) fn decode(mut params: Params) -> Result<SetTokensLib, Fault> {
        let library = params.take_to_note("tokens-lib");
        if let Some(sent) = &library {
            let understood = read(sent, 0).map_err(|fault| as_params(fault).under("tokens-lib"))?;
            // Others know no file form. Moments that it does not tell are none.
            let told = if is_file_form(sent) { understood.to_value() } else { sent.clone() };
            params.note("tokens-lib", told);
        }
        Ok(SetTokensLib { library })
    }
}

impl Effect for SetTokensLib {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let now = work.now;
        let library = self.library.as_ref().map(|library| read(library, now)).transpose()?;
        let is_there = library.is_some();
        work.put_tokens(library)?;
        if is_there { ensure_status(work) } else { Ok(()) }
    }
}

fn is_file_form(value: &Value) -> bool {
    matches!(value, Value::Str(_) | Value::Map(_))
}

fn read(value: &Value, now: i64) -> Result<Library, Fault> {
    let library = match is_file_form(value) {
        true => dtcg::read(value.clone(), now)?,
        false => value.clone(),
    };
    let library = Library::read(library, now)?;
    library.check_counts()?;
    Ok(library)
}
