//! The typed value that both wire forms meet in: everything transit can say, nothing lost.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value as Json;
use uuid::Uuid;

/// The tag of a map whose order counts: a vector of pairs.
pub const ORDERED_MAP: &str = "ordered-map";

/// One value of the transit model.
///
/// Equality is by form: the order of map entries and set elements counts, and `NaN` differs from itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Nothing.
    Nil,
    /// True or false.
    Bool(bool),
    /// A 64-bit integer. Stays apart from [`Value::Float`]: `1` is not `1.0`.
    Int(i64),
    /// A double, with NaN and the infinities.
    Float(f64),
    /// Text.
    Str(String),
    /// A keyword, without its colon; a namespace is part of the text (`fdata/path-data`).
    Keyword(String),
    /// A symbol.
    Symbol(String),
    /// A uuid.
    Uuid(Uuid),
    /// A moment, in milliseconds since 1970-01-01 UTC.
    Instant(i64),
    /// A uri in the form this server's clients use: the tag `uri` around text.
    ///
    /// Transit's own `~r` form is kept apart, as `Tagged("r", Str)`, so that it goes out as it came in.
    Uri(String),
    /// An integer of any size, in decimal digits.
    BigInt(String),
    /// A decimal number of any precision, as its text.
    BigDecimal(String),
    /// One character.
    Char(char),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A vector.
    Vec(Vec<Value>),
    /// A list: a sequence that is no vector.
    List(Vec<Value>),
    /// A set, in the order it came.
    Set(Vec<Value>),
    /// A map, in the order it came; equal keys are kept, the later one counts.
    Map(Vec<(Value, Value)>),
    /// Any other tag and its content. A tag of one character around text is transit's `~Xtext`.
    Tagged(String, Box<Value>),
}

impl Value {
    /// A keyword from its text without the colon.
    pub fn keyword(name: &str) -> Value {
        Value::Keyword(name.to_owned())
    }

    /// Text.
    pub fn text(text: &str) -> Value {
        Value::Str(text.to_owned())
    }

    /// A map with keyword keys, in the given order.
    pub fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
        Value::Map(entries.into_iter().map(|(key, value)| (Value::keyword(key), value)).collect())
    }

    /// A tag around a value.
    pub fn tagged(tag: &str, value: Value) -> Value {
        Value::Tagged(tag.to_owned(), Box::new(value))
    }

    /// The value under a kebab-case keyword in a map, or in the map inside a tag. Of equal keys the last.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Map(entries) => {
                entries.iter().rev().find(|(k, _)| matches!(k, Value::Keyword(k) if k == key)).map(|(_, v)| v)
            }
            Value::Tagged(_, inner) => inner.get(key),
            _ => None,
        }
    }

    /// The text of a `Str`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The name of a `Keyword`, without its colon.
    pub fn as_keyword(&self) -> Option<&str> {
        match self {
            Value::Keyword(name) => Some(name),
            _ => None,
        }
    }

    /// The uuid of a `Uuid`.
    pub fn as_uuid(&self) -> Option<Uuid> {
        match self {
            Value::Uuid(id) => Some(*id),
            _ => None,
        }
    }

    /// The number of an `Int`.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The milliseconds of an `Instant`.
    pub fn as_instant(&self) -> Option<i64> {
        match self {
            Value::Instant(millis) => Some(*millis),
            _ => None,
        }
    }

    /// The elements of a `Vec`, `List` or `Set`.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Value::Vec(items) | Value::List(items) | Value::Set(items) => Some(items),
            _ => None,
        }
    }

    /// Moves plain JSON in: object keys become kebab-case keywords, a key with `/` stays text.
    ///
    /// For JSON that is already in memory; untrusted bytes go through [`crate::json::read`].
    pub fn from_json(json: Json) -> Value {
        match json {
            Json::Null => Value::Nil,
            Json::Bool(b) => Value::Bool(b),
            Json::String(text) => Value::Str(text),
            Json::Number(n) => match (n.as_i64(), n.as_u64(), n.as_f64()) {
                (Some(i), _, _) => Value::Int(i),
                (_, Some(u), _) => Value::BigInt(u.to_string()),
                (_, _, f) => Value::Float(f.unwrap_or(f64::NAN)),
            },
            Json::Array(items) => Value::Vec(items.into_iter().map(Value::from_json).collect()),
            Json::Object(entries) => Value::Map(
                entries.into_iter().map(|(k, v)| (key_from_json(k), Value::from_json(v))).collect(),
            ),
        }
    }

    /// The JSON form that clients without transit see. Loses types: a keyword becomes its name, a set an array,
    /// an instant ISO text, a tag its content, NaN and the infinities null. A map whose order counts is an object.
    ///
    /// Keyword and symbol keys lose their namespace and become camelCase; other keys are their text.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Nil => Json::Null,
            Value::Bool(b) => (*b).into(),
            Value::Int(i) => (*i).into(),
            Value::Float(f) => (*f).into(),
            Value::Keyword(name) | Value::Symbol(name) => local_name(name).into(),
            Value::Str(s) | Value::Uri(s) | Value::BigInt(s) | Value::BigDecimal(s) => s.clone().into(),
            Value::Char(c) => c.to_string().into(),
            Value::Uuid(id) => id.to_string().into(),
            Value::Instant(millis) => instant_text(*millis).map_or_else(|| (*millis).into(), Json::from),
            Value::Bytes(bytes) => BASE64.encode(bytes).into(),
            Value::Vec(items) | Value::List(items) | Value::Set(items) => {
                Json::Array(items.iter().map(Value::to_json).collect())
            }
            Value::Tagged(tag, inner) => match inner.pairs().filter(|_| tag == ORDERED_MAP) {
                Some(pairs) => {
                    Json::Object(pairs.map(|(key, value)| (key.json_key(), value.to_json())).collect())
                }
                None => inner.to_json(),
            },
            Value::Map(entries) => {
                Json::Object(entries.iter().map(|(k, v)| (k.json_key(), v.to_json())).collect())
            }
        }
    }

    /// The pairs of a vector of nothing else: how maps are written whose order counts.
    pub fn pairs(&self) -> Option<impl Iterator<Item = (&Value, &Value)>> {
        let items = self.items()?;
        let pair = |item: &'_ Value| matches!(item.items(), Some([_, _]));
        items.iter().all(pair).then(|| {
            items.iter().filter_map(|item| match item.items()? {
                [key, value] => Some((key, value)),
                _ => None,
            })
        })
    }

    fn json_key(&self) -> String {
        match self {
            Value::Keyword(name) | Value::Symbol(name) => camel(local_name(name)),
            other => match other.to_json() {
                Json::String(text) => text,
                json => json.to_string(),
            },
        }
    }
}

/// ISO-8601 text in UTC with milliseconds and `Z`; none outside the years a calendar can hold.
pub fn instant_text(millis: i64) -> Option<String> {
    chrono::DateTime::from_timestamp_millis(millis)
        .map(|at| at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
}

/// The moment that ISO-8601 text with an offset names, in milliseconds; a fraction of one is cut off.
pub fn instant_of(text: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis())
}

/// A JSON key as the value model has it.
pub(crate) fn key_from_json(key: String) -> Value {
    if key.contains('/') {
        Value::Str(key)
    } else if key.len() == 36 && Uuid::try_parse(&key).is_ok() {
        Value::Keyword(key.to_ascii_lowercase())
    } else {
        Value::Keyword(kebab(&key))
    }
}

/// The part after the namespace. A lone `/` is a name of its own.
fn local_name(name: &str) -> &str {
    match name.split_once('/') {
        Some((_, local)) if !local.is_empty() => local,
        _ => name,
    }
}

/// `is-shared` to `isShared`. A leading hyphen is dropped.
pub fn camel(kebab: &str) -> String {
    let mut out = String::with_capacity(kebab.len());
    let mut upper = false;
    for c in kebab.chars() {
        if c == '-' {
            upper = !out.is_empty();
        } else if upper {
            out.extend(c.to_uppercase());
            upper = false;
        } else {
            out.push(c);
        }
    }
    out
}

/// `isShared` to `is-shared`: every capital but the first gets a hyphen before it.
pub fn kebab(camel: &str) -> String {
    let mut out = String::with_capacity(camel.len() + 4);
    for (i, c) in camel.chars().enumerate() {
        if c.is_uppercase() {
            if i > 0 {
                out.push('-');
            }
            out.extend(c.to_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_change_case_both_ways() {
        for (kebab_case, camel_case) in [("is-shared", "isShared"), ("m1", "m1"), ("a-b-c", "aBC"), ("", "")]
        {
            assert_eq!(camel(kebab_case), camel_case);
            assert_eq!(kebab(camel_case), kebab_case);
        }
    }

    #[test]
    fn json_form_loses_types_but_no_values() {
        let id = Uuid::from_u128(7);
        let value = Value::Map(vec![
            (Value::keyword("ns/some-key"), Value::Set(vec![Value::keyword("a/b"), Value::Nil])),
            (Value::Uuid(id), Value::Instant(5)),
            (Value::Int(1), Value::tagged("point", Value::map([("x", Value::Float(1.5))]))),
            (Value::text("Some/Key"), Value::Bytes(vec![1, 2])),
            (Value::keyword("far"), Value::Instant(i64::MAX)),
        ]);
        assert_eq!(
            value.to_json(),
            json!({
                "someKey": ["b", null],
                "00000000-0000-0000-0000-000000000007": "1970-01-01T00:00:00.005Z",
                "1": { "x": 1.5 },
                "Some/Key": "AQI=",
                "far": i64::MAX,
            })
        );
    }

    #[test]
    fn a_map_whose_order_counts_is_an_object() {
        let pair = |name: &str, value| Value::Vec(vec![Value::text(name), value]);
        let pairs = Value::Vec(vec![pair("S-b", Value::Int(1)), pair("S-a", Value::tagged("x", Value::Nil))]);
        let json = Value::tagged(ORDERED_MAP, pairs).to_json();
        assert_eq!(json.to_string(), r#"{"S-b":1,"S-a":null}"#);
        assert_eq!(Value::tagged(ORDERED_MAP, Value::Vec(vec![Value::Int(1)])).to_json(), json!([1]));
    }

    #[test]
    fn json_keys_become_keywords() {
        let value = Value::from_json(json!({ "teamId": u64::MAX, "a/B": { "x": -1.0 } }));
        assert_eq!(value.get("team-id"), Some(&Value::BigInt(u64::MAX.to_string())));
        assert_eq!(
            value,
            Value::Map(vec![
                (Value::keyword("team-id"), Value::BigInt("18446744073709551615".into())),
                (Value::text("a/B"), Value::map([("x", Value::Float(-1.0))])),
            ])
        );
    }

    #[test]
    fn the_later_of_two_equal_keys_counts() {
        let value = Value::tagged("shape", Value::map([("x", Value::Int(1)), ("x", Value::Int(2))]));
        assert_eq!(value.get("x"), Some(&Value::Int(2)));
        assert_eq!(Value::Nil.get("x"), None);
    }

    #[test]
    fn a_value_is_small() {
        assert!(size_of::<Value>() <= 32, "the memory bound in `limits` counts on it");
    }
}
