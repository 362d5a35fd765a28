//! One token: a value with a name.

use super::limits::{TOKEN_NAME_MAX, TOKEN_WORDS_MAX};
use super::{names, record, types};
use crate::fault::Fault;
use crate::schema::tokens::{KEPT_TOKEN, TOKEN};
use transit::value::Value;
use uuid::Uuid;

/// The tag of a token.
pub(super) const TAG: &str = "penpot/token";

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    /// The other attributes: type, value, description, moment of the last change, and what nobody knows here.
    rest: Value,
}

/// The attributes of a token that were sent to make or change one: they fit the schema, and may be nil.
#[derive(Clone, Debug)]
pub(crate) struct TokenAttributes(Value);

impl TokenAttributes {
    /// Reads attributes that must be all there.
    ///
    /// # Errors
    /// [`Fault`] of the first one that is wrong.
    pub(crate) fn read(value: Value) -> Result<TokenAttributes, Fault> {
        let attributes = record::read(TAG, &TOKEN, with_type(value))?;
        let name = attributes.get("name").and_then(Value::as_str).unwrap_or_default();
        if !names::is_token(name) {
            let reason = "should be words of letters, digits, _, - and $, joined by dots, without $ in front";
            return Err(Fault::data(reason).under("name"));
        }
        check_name(name)?;
        Ok(TokenAttributes(attributes))
    }

    /// Them, as they are understood.
    pub(crate) fn to_value(&self) -> Value {
        self.0.clone()
    }

    /// The id of the token.
    pub(crate) fn id(&self) -> Option<Uuid> {
        self.0.get("id").and_then(Value::as_uuid)
    }

    /// The token they make.
    pub(crate) fn make(&self, now: i64) -> Token {
        Token::of(self.0.clone(), now)
    }
}

impl Token {
    /// Reads a token that is kept in a set.
    ///
    /// # Errors
    /// [`Fault`] when it has no id, name or type.
    pub(super) fn read(value: Value) -> Result<Token, Fault> {
        let mut rest = record::without_nils(record::read(TAG, &KEPT_TOKEN, with_type(value))?);
        let (id, name) = (record::take_id(&mut rest), record::take_text(&mut rest, "name"));
        check_name(&name)?;
        Ok(Token { id, name, rest })
    }

    fn of(attributes: Value, now: i64) -> Token {
        let mut rest = record::without_nils(attributes);
        record::default(&mut rest, "description", || Value::text(""));
        record::default(&mut rest, "modified-at", || Value::Instant(now));
        Token { id: record::take_id(&mut rest), name: record::take_text(&mut rest, "name"), rest }
    }

    /// The token with other attributes; what they do not name stays. None when that makes no difference.
    pub(super) fn changed(&self, attributes: &TokenAttributes, now: i64) -> Option<Token> {
        let TokenAttributes(new) = attributes;
        let mut merged = self.rest.clone();
        merged.put("name", Value::text(&self.name));
        new.entries().iter().for_each(|(name, value)| merged.put_at(name.clone(), value.clone()));
        let mut token = Token::of(merged, now);
        if token.name == self.name && token.rest.same(&self.rest) {
            return None;
        }
        token.rest.put("modified-at", Value::Instant(now));
        Some(token)
    }

    /// An attribute besides id and name.
    pub(super) fn attribute(&self, name: &str) -> Option<&Value> {
        self.rest.some(name)
    }

    /// What it is in transit.
    pub(super) fn to_value(&self) -> Value {
        let fields = [("id", Value::Uuid(self.id)), ("name", Value::text(&self.name))];
        record::write(TAG, fields, &self.rest)
    }
}

fn check_name(name: &str) -> Result<(), Fault> {
    let too_long = name.chars().count() > TOKEN_NAME_MAX;
    if too_long || name.split(names::OF_TOKEN).count() > TOKEN_WORDS_MAX {
        let reason = format!("should have at most {TOKEN_NAME_MAX} characters and {TOKEN_WORDS_MAX} words");
        return Err(Fault::limit(reason).under("name"));
    }
    Ok(())
}

/// The type may be called as files of design tokens call it.
fn with_type(mut value: Value) -> Value {
    let type_name = value.get("type").and_then(Value::as_str).and_then(types::keyword);
    if let Some(keyword) = type_name {
        value.put("type", Value::keyword(keyword));
    }
    value
}
