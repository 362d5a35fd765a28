//! One scalar to its JSON form, from all the ways a client may say it.

use super::super::shape::{Checks, ShapeKind};
use super::super::time;
use super::{Accept, Json, Value};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::SecondsFormat;
use regex::Regex;
use std::sync::LazyLock;
use uuid::Uuid;

/// Longest mail address, in characters.
const EMAIL_MAX: usize = 250;

/// ASCII before the `@`, no dot at its ends or doubled; labels after it; letters at the end.
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    let label = "[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?";
    Regex::new(&format!(r"^{word}(?:\.{word})*@(?:{label}\.)+[A-Za-z]{{2,63}}$")).expect("a constant")
});

impl Accept<'_> {
    /// Any kind that holds no other values.
    pub(super) fn scalar(&mut self, kind: &ShapeKind, checks: &Checks, value: Value) -> Json {
        let (json, should) = match kind {
            ShapeKind::Bool => (boolean(&value).map(Json::Bool), "a boolean"),
            ShapeKind::Int(least, most) => return self.int(checks, *least, *most, &value),
            ShapeKind::Float => return self.float(checks, &value),
            ShapeKind::Uuid => (uuid(&value), "a uuid"),
            ShapeKind::Instant => (instant(&value), "an instant: milliseconds or an ISO date and time"),
            ShapeKind::Duration => (duration(&value), "a duration: milliseconds or text such as 15m"),
            ShapeKind::Bytes => (bytes(&value), "bytes or base64 text"),
            ShapeKind::Point => (point(&value), "a point: a map of the numbers x and y"),
            ShapeKind::Keyword(names) => return self.keyword(checks, names, &value),
            ShapeKind::Email => return self.email(checks, value),
            ShapeKind::Uri => return self.uri(checks, value),
            _ => return self.string(checks, value),
        };
        json.unwrap_or_else(|| self.bad("type", should, Some(&value)))
    }

    fn int(&mut self, checks: &Checks, least: i64, most: i64, value: &Value) -> Json {
        let Some(number) = integer(value) else {
            return self.bad("type", "an integer", Some(value));
        };
        if number < least || number > most {
            return self.bad("type", &format!("an integer from {least} to {most}"), Some(value));
        }
        // Bounds in schemas are small: a double holds them exactly.
        self.range(checks, number as f64);
        number.into()
    }

    fn float(&mut self, checks: &Checks, value: &Value) -> Json {
        match number(value) {
            Some(number) => {
                self.range(checks, number);
                number.into()
            }
            None => self.bad("type", "a number", Some(value)),
        }
    }

    fn keyword(&mut self, checks: &Checks, names: &[String], value: &Value) -> Json {
        match value {
            Value::Keyword(name) | Value::Str(name) if names.is_empty() => {
                self.text(checks, name);
                name.clone().into()
            }
            Value::Keyword(name) | Value::Str(name) if names.contains(name) => name.clone().into(),
            Value::Keyword(_) | Value::Str(_) => {
                self.bad("enum", &format!("one of {}", names.join(", ")), Some(value))
            }
            _ => self.bad("type", "a keyword", Some(value)),
        }
    }

    fn string(&mut self, checks: &Checks, value: Value) -> Json {
        match value {
            Value::Str(text) | Value::Uri(text) => {
                self.text(checks, &text);
                text.into()
            }
            other => self.bad("type", "text", Some(&other)),
        }
    }

    fn email(&mut self, checks: &Checks, value: Value) -> Json {
        match value {
            Value::Str(text) if text.len() <= EMAIL_MAX && EMAIL.is_match(&text) => {
                self.text(checks, &text);
                text.into()
            }
            other => self.bad("pattern", "a mail address", Some(&other)),
        }
    }

    fn uri(&mut self, checks: &Checks, value: Value) -> Json {
        let text = match value {
            Value::Str(text) | Value::Uri(text) => text,
            Value::Tagged(tag, content) if tag == "r" => match *content {
                Value::Str(text) => text,
                other => return self.bad("type", "a uri", Some(&other)),
            },
            other => return self.bad("type", "a uri", Some(&other)),
        };
        if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return self.bad("pattern", "a uri", Some(&Value::Str(text)));
        }
        self.text(checks, &text);
        text.into()
    }
}

fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(b) => Some(*b),
        Value::Str(text) => match text.as_str() {
            "true" | "t" | "1" => Some(true),
            "false" | "f" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A finite one.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Int(i) => Some(*i as f64),
        Value::Float(f) => Some(*f),
        Value::Str(text) | Value::BigInt(text) | Value::BigDecimal(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number: &f64| number.is_finite())
}

/// With the tag `point` or without.
fn point(value: &Value) -> Option<Json> {
    let map = match value {
        Value::Tagged(tag, inner) if tag == "point" => inner,
        other => other,
    };
    let Value::Map(entries) = map else { return None };
    let at = |name: &str| {
        let is_it = |key: &Value| matches!(key, Value::Keyword(key) | Value::Str(key) if key == name);
        number(&entries.iter().rev().find(|(key, _)| is_it(key))?.1)
    };
    Some(serde_json::json!({"x": at("x")?, "y": at("y")?}))
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Int(i) => Some(*i),
        Value::Str(text) | Value::BigInt(text) => text.trim().parse().ok(),
        // Within these bounds the conversion is exact.
        Value::Float(f) if f.fract() == 0.0 && f.abs() < 9e15 => Some(*f as i64),
        _ => None,
    }
}

fn uuid(value: &Value) -> Option<Json> {
    match value {
        Value::Uuid(id) => Some(id.to_string().into()),
        Value::Str(text) | Value::Keyword(text) if text.len() == 36 => {
            Uuid::try_parse(text).ok().map(|id| id.to_string().into())
        }
        _ => None,
    }
}

fn instant(value: &Value) -> Option<Json> {
    let at = match value {
        Value::Instant(millis) | Value::Int(millis) => time::instant_from_millis(*millis)?,
        // In a query string milliseconds are text too.
        Value::Str(text) => match text.parse() {
            Ok(millis) => time::instant_from_millis(millis)?,
            Err(_) => time::instant(text)?,
        },
        _ => return None,
    };
    Some(at.to_rfc3339_opts(SecondsFormat::AutoSi, true).into())
}

fn duration(value: &Value) -> Option<Json> {
    match value {
        Value::Int(millis) => Some((*millis).into()),
        Value::Str(text) => text.parse().ok().or_else(|| time::millis(text)).map(Json::from),
        Value::Tagged(tag, millis) if tag == "duration" => millis.as_int().map(Json::from),
        _ => None,
    }
}

fn bytes(value: &Value) -> Option<Json> {
    match value {
        Value::Bytes(bytes) => Some(BASE64.encode(bytes).into()),
        Value::Str(text) if BASE64.decode(text).is_ok() => Some(text.clone().into()),
        _ => None,
    }
}
