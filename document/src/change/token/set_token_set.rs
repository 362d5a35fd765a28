//! `set-token-set`: adds a set of tokens, replaces it whole, or takes it away, out of all themes too.

use super::ensure::{ensure, wanted};
use super::fields::{attributes, check_id};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::stop::{Step, Wanted};
use crate::tokens::names;
use crate::tokens::set::TokenSet;
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetTokenSet {
    id: Uuid,
    set: Option<TokenSet>,
}

impl SetTokenSet {
    pub(crate) fn decode(mut params: Params) -> Result<SetTokenSet, Fault> {
        let id = params.id("id")?;
        let set = attributes(&mut params, read, TokenSet::to_map)?;
        check_id(id, set.as_ref().map(|set| set.id))?;
        Ok(SetTokenSet { id, set })
    }
}

/// A set that is made has its name in order.
fn read(value: Value) -> Result<TokenSet, Fault> {
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    if names::normal_set(name) != name {
        return Err(Fault::data("should have no blanks around its parts, and no empty ones").under("name"));
    }
    TokenSet::read(value)
}

impl Effect for SetTokenSet {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        ensure(work)?;
        let now = work.now;
        work.change_tokens(|library| match &self.set {
            Some(set) => library.set_set(set.clone(), now).map_err(|fault| fault.under("attrs")),
            None => Ok(library.delete_set(self.id, now)),
        })
    }
}
