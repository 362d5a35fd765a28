//! `set-token`: adds a token to a set, changes it, or takes it away. What is not sent of a changed token stays.

use super::ensure::{ensure, wanted};
use super::fields::{attributes, check_id};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::stop::{Step, Wanted};
use crate::tokens::token::TokenAttributes;
use crate::work::Work;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct SetToken {
    set: Uuid,
    token: Uuid,
    attributes: Option<TokenAttributes>,
}

impl SetToken {
    pub(crate) fn decode(mut params: Params) -> Result<SetToken, Fault> {
        let (set, token) = (params.id("set-id")?, params.id("token-id")?);
        let attributes = attributes(&mut params, TokenAttributes::read, TokenAttributes::to_value)?;
        check_id(token, attributes.as_ref().and_then(TokenAttributes::id))?;
        Ok(SetToken { set, token, attributes })
    }
}

impl Effect for SetToken {
    fn wanted(&self) -> Vec<Wanted> {
        wanted()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        ensure(work)?;
        let now = work.now;
        work.change_tokens(|library| match &self.attributes {
            Some(attributes) => library.set_token(self.set, self.token, attributes, now),
            None => Ok(library.delete_token(self.set, self.token, now)),
        })
    }
}
