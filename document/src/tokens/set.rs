//! A set of tokens, in their order.

use super::limits::{NAME_MAX, SET_PARTS_MAX, TOKENS_MAX};
use super::ordered::{Ordered, entries};
use super::token::{Token, TokenAttributes};
use super::{names, record};
use crate::fault::Fault;
use crate::schema::coerce::sequence;
use crate::schema::tokens::TOKEN_SET;
use transit::value::Value;
use uuid::Uuid;

/// The tag of a set.
pub(super) const TAG: &str = "penpot/token-set";

/// A set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TokenSet {
    pub(crate) id: Uuid,
    /// The groups it is in, from the outermost, and its own name last.
    parts: Vec<String>,
    /// The other attributes: description, moment of the last change, and what nobody knows here.
    rest: Value,
    tokens: Ordered<Token>,
}

impl TokenSet {
    /// Reads a set as a whole.
    ///
    /// # Errors
    /// [`Fault`] of what is wrong in it.
    pub(crate) fn read(mut value: Value) -> Result<TokenSet, Fault> {
        let tokens = value.take("tokens").unwrap_or(Value::Nil);
        let mut rest = record::without_nils(record::read(TAG, &TOKEN_SET, value)?);
        let id = record::take_id(&mut rest);
        let parts = names::split_set(&record::take_text(&mut rest, "name"));
        check_parts(&parts).map_err(|fault| fault.under("name"))?;
        let tokens = read_tokens(tokens).map_err(|fault| fault.under("tokens"))?;
        Ok(TokenSet { id, parts, rest, tokens })
    }

    /// A set that a file of design tokens holds.
    pub(super) fn new(id: Uuid, parts: Vec<String>, tokens: Ordered<Token>) -> TokenSet {
        TokenSet { id, parts, rest: Value::Map(Vec::new()), tokens }
    }

    /// The set with the moment and the description that one has to which none were sent.
    pub(super) fn complete(mut self, now: i64) -> TokenSet {
        record::default(&mut self.rest, "description", || Value::text(""));
        record::default(&mut self.rest, "modified-at", || Value::Instant(now));
        self
    }

    /// Its name, with the groups it is in.
    pub(crate) fn name(&self) -> String {
        names::join_set(&self.parts)
    }

    /// The parts of its name.
    pub(crate) fn parts(&self) -> &[String] {
        &self.parts
    }

    /// Its tokens, in order.
    pub(super) fn tokens(&self) -> impl Iterator<Item = &Token> {
        self.tokens.values()
    }

    /// Gives it another name.
    pub(super) fn rename(&mut self, parts: Vec<String>, now: i64) {
        self.parts = parts;
        self.stamp(now);
    }

    /// Adds a token, or changes the one of that id; tells whether that made a difference. A token of the same name is
    /// replaced in its place.
    pub(super) fn set_token(
        &mut self,
        id: Uuid,
        attributes: &TokenAttributes,
        now: i64,
    ) -> Result<bool, Fault> {
        let old = self.tokens.values().find(|token| token.id == id);
        match old.map(|old| (old.name.clone(), old.changed(attributes, now))) {
            Some((_, None)) => return Ok(false),
            Some((old, Some(token))) => self.tokens.rename(&old, &token.name.clone(), token),
            None => {
                let token = attributes.make(now);
                self.tokens.put(&token.name.clone(), token);
                check_count(self.tokens.len())?;
            }
        }
        self.stamp(now);
        Ok(true)
    }

    /// Takes a token away. The set counts as changed whether it was there or not.
    pub(super) fn delete_token(&mut self, id: Uuid, now: i64) {
        let name = self.tokens.values().find(|token| token.id == id).map(|token| token.name.clone());
        if let Some(name) = name {
            self.tokens.take(&name);
        }
        self.stamp(now);
    }

    fn stamp(&mut self, now: i64) {
        self.rest.put("modified-at", Value::Instant(now));
    }

    /// The same without its tag.
    pub(crate) fn to_map(&self) -> Value {
        self.to_value().untagged().clone()
    }

    /// What it is in transit.
    pub(super) fn to_value(&self) -> Value {
        let fields = [
            ("id", Value::Uuid(self.id)),
            ("name", Value::text(&self.name())),
            ("tokens", self.tokens.to_value(Token::to_value)),
        ];
        record::write(TAG, fields, &self.rest)
    }
}

/// Refuses a name that cannot be a set's.
pub(crate) fn check_parts(parts: &[String]) -> Result<(), Fault> {
    if parts.is_empty() {
        return Err(Fault::data("should be more than blanks and slashes"));
    }
    let length: usize = parts.iter().map(|part| part.chars().count() + 1).sum();
    if parts.len() > SET_PARTS_MAX || length > NAME_MAX {
        let reason = format!("should have at most {NAME_MAX} characters and {SET_PARTS_MAX} parts");
        return Err(Fault::limit(reason));
    }
    Ok(())
}

fn check_count(tokens: usize) -> Result<(), Fault> {
    if tokens > TOKENS_MAX {
        return Err(Fault::limit(format!("would hold more than {TOKENS_MAX} tokens")));
    }
    Ok(())
}

/// Tokens by name, or in a list; each says its name itself.
fn read_tokens(value: Value) -> Result<Ordered<Token>, Fault> {
    if value.is_nil() {
        return Ok(Ordered::new());
    }
    let named = match sequence(value) {
        Ok(items) => (0..).zip(items).map(|(at, token): (usize, _)| (at.to_string(), token)).collect(),
        Err(value) => entries(value).ok_or_else(|| Fault::data("should be a map by name"))?,
    };
    check_count(named.len())?;
    let mut tokens = Ordered::new();
    for (place, value) in named {
        let token = Token::read(value).map_err(|fault| fault.under(&place))?;
        if tokens.put(&token.name.clone(), token).is_some() {
            return Err(Fault::data("should have a name of its own").under(&place));
        }
    }
    Ok(tokens)
}
