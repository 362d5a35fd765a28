//! What an answer says, whatever the format.

use chrono::DateTime;
use serde_json::{Map, Value as Json, json};
use tests::client::Answer;
use transit::value::Value;
use uuid::Uuid;

/// How each sealed token begins.
const SEALED: &str = "eyJ";

/// Whether two answers say the same. Of answers about different things only the shape of what must differ counts: keys,
/// moments, tokens, and the name of whoever called.
pub fn compare(json: &Answer, me: &str, transit: &Answer, me_too: &str, exact: bool) -> Result<(), String> {
    if json.status != transit.status {
        return Err(format!("{} {}\n{} {}", json.status, json.text(), transit.status, transit.text()));
    }
    // Events are transit for everybody.
    let is_stream = json.header("content-type").starts_with("text/event-stream");
    if is_stream || json.bytes.is_empty() || transit.bytes.is_empty() {
        return same(&json!(json.text()), &json!(transit.text()));
    }
    let (one, two) = (of_json(&json.json()), of_transit(&transit.transit())?);
    if exact { same(&one, &two) } else { same(&Shape::of(me, &one), &Shape::of(me_too, &two)) }
}

fn same(one: &Json, two: &Json) -> Result<(), String> {
    if one == two { Ok(()) } else { Err(format!("\n  JSON    {one}\n  transit {two}")) }
}

/// Moments as milliseconds, whatever they look like.
fn of_json(value: &Json) -> Json {
    match value {
        // Sealed anew each time.
        Json::String(text) if text.starts_with(SEALED) => json!("a token"),
        Json::String(text) => moment(text).unwrap_or_else(|| value.clone()),
        Json::Array(items) => items.iter().map(of_json).collect(),
        Json::Object(entries) => {
            entries.iter().map(|(key, value)| (key.clone(), unless_secret(key, of_json(value)))).collect()
        }
        other => other.clone(),
    }
}

/// What each thing has for itself, under this name.
fn unless_secret(key: &str, value: Json) -> Json {
    if key == "secret" && value.is_string() { json!("a secret") } else { value }
}

fn moment(text: &str) -> Option<Json> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?;
    Some(json!({"moment": moment.timestamp_millis()}))
}

/// As JSON would say it. What has a type of its own in transit must have it.
fn of_transit(value: &Value) -> Result<Json, String> {
    Ok(match value {
        Value::Str(text) if Uuid::try_parse(text).is_ok() || moment(text).is_some() => {
            return Err(format!("{text} is only text in transit"));
        }
        Value::Nil => Json::Null,
        Value::Bool(yes) => json!(yes),
        Value::Int(number) => json!(number),
        Value::Float(number) => json!(number),
        Value::Str(text) if text.starts_with(SEALED) => json!("a token"),
        Value::Str(text) | Value::Uri(text) => json!(text),
        Value::Keyword(name) => json!(name.rsplit('/').next()),
        Value::Uuid(id) => json!(id.to_string()),
        Value::Instant(millis) => json!({"moment": millis}),
        Value::Vec(items) | Value::List(items) | Value::Set(items) => {
            Json::Array(items.iter().map(of_transit).collect::<Result<_, _>>()?)
        }
        Value::Map(entries) => {
            let mut object = Map::new();
            for (key, value) in entries {
                let key = key_of(key);
                let value = unless_secret(&key, of_transit(value)?);
                object.insert(key, value);
            }
            Json::Object(object)
        }
        Value::Tagged(_, inner) => of_transit(inner)?,
        other => return Err(format!("{other:?} is nothing that these methods tell")),
    })
}

fn key_of(key: &Value) -> String {
    match key {
        Value::Keyword(name) => camel(name.rsplit('/').next().unwrap_or(name)),
        Value::Uuid(id) => id.to_string(),
        Value::Str(text) => text.clone(),
        other => format!("{other:?}"),
    }
}

fn camel(name: &str) -> String {
    let mut words = name.split('-');
    let mut key = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        key.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        key.push_str(letters.as_str());
    }
    key
}

/// Puts what must differ between two things out of the way.
struct Shape<'a> {
    me: &'a str,
    seen: Vec<String>,
}

impl Shape<'_> {
    fn of(me: &str, value: &Json) -> Json {
        Shape { me, seen: vec![] }.value(value)
    }

    fn value(&mut self, value: &Json) -> Json {
        match value {
            Json::String(text) => Json::String(self.text(text)),
            Json::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Json::Object(entries) if entries.contains_key("moment") => json!("a moment"),
            Json::Object(entries) => {
                entries.iter().map(|(key, value)| (self.text(key), self.value(value))).collect()
            }
            other => other.clone(),
        }
    }

    fn text(&mut self, text: &str) -> String {
        if Uuid::try_parse(text).is_ok() {
            let at = self.seen.iter().position(|seen| seen == text).unwrap_or_else(|| {
                self.seen.push(text.to_owned());
                self.seen.len() - 1
            });
            return format!("key {at}");
        }
        // Keys within a path, such as that of a board.
        if text.contains('/') {
            return text.split('/').map(|part| self.text(part)).collect::<Vec<_>>().join("/");
        }
        let same = text.replace(self.me, "me");
        same.chars().filter(|c| !c.is_ascii_digit()).collect()
    }
}
