//! What the text of one transit string means.

use crate::limits::Reason;
use crate::value::{Value, instant_of};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use uuid::Uuid;

/// A string is a value, or opens a tagged one.
pub(super) enum Token<'a> {
    Value(Value),
    Tag(&'a str),
}

/// The meaning of a string that is no cache code.
pub(super) fn token(text: &str) -> Result<Token<'_>, Reason> {
    let mut chars = text.chars();
    let (Some('~'), Some(tag)) = (chars.next(), chars.next()) else {
        return Ok(Token::Value(Value::Str(text.to_owned())));
    };
    let rest = chars.as_str();
    Ok(match tag {
        '~' | '^' | '`' => Token::Value(Value::Str(text[1..].to_owned())),
        '#' => Token::Tag(rest),
        _ => Token::Value(ground(tag, rest)?),
    })
}

/// The value of a one-character tag around text. Tags that transit does not know stay as they are.
pub(super) fn ground(tag: char, text: &str) -> Result<Value, Reason> {
    let owned = || text.to_owned();
    Ok(match tag {
        ':' => Value::Keyword(owned()),
        '$' => Value::Symbol(owned()),
        '_' => Value::Nil,
        '?' => match text {
            "t" => Value::Bool(true),
            "f" => Value::Bool(false),
            _ => return Err(Reason::Scalar("boolean")),
        },
        // transit-js writes map keys that are doubles so.
        'i' if !is_integer(text) => Value::Float(double(text).map_err(|_| Reason::Scalar("integer"))?),
        // An integer beyond 64 bits keeps its tag, so that it goes out as it came in.
        'i' => text.parse().map_or_else(|_| Value::tagged("i", Value::Str(owned())), Value::Int),
        'n' if !is_integer(text) => return Err(Reason::Scalar("big integer")),
        'n' => Value::BigInt(owned()),
        'f' => Value::BigDecimal(owned()),
        'd' => Value::Float(double(text)?),
        'z' => Value::Float(match text {
            "NaN" => f64::NAN,
            "INF" => f64::INFINITY,
            "-INF" => f64::NEG_INFINITY,
            _ => return Err(Reason::Scalar("special number")),
        }),
        'u' if text.len() == 36 => Value::Uuid(Uuid::try_parse(text).map_err(|_| Reason::Scalar("uuid"))?),
        'u' => return Err(Reason::Scalar("uuid")),
        'm' => Value::Instant(text.parse().map_err(|_| Reason::Scalar("instant"))?),
        't' => Value::Instant(instant_of(text).ok_or(Reason::Scalar("time"))?),
        'c' => {
            let mut chars = text.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => Value::Char(c),
                _ => return Err(Reason::Scalar("character")),
            }
        }
        'b' => Value::Bytes(BASE64.decode(text).map_err(|_| Reason::Scalar("base64 text"))?),
        // The quote of transit, around text. As a tag it would be taken for one when it is read again.
        '\'' => Value::Str(owned()),
        other => Value::Tagged(other.to_string(), Box::new(Value::Str(owned()))),
    })
}

fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

fn double(text: &str) -> Result<f64, Reason> {
    text.parse().ok().filter(|f: &f64| f.is_finite()).ok_or(Reason::Scalar("double"))
}

/// The character of a tag that may stand in front of text (`~Xtext`); the four marks of transit itself may not.
pub(super) fn ground_tag(tag: &str) -> Option<char> {
    let mut chars = tag.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) if !matches!(c, '~' | '^' | '`' | '#' | '\'') => Some(c),
        _ => None,
    }
}
