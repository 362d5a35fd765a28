//! What may stand in an event: no secret, no file, nothing large.

use serde_json::{Map, Value as Json};
use transit::value::{Value, kebab};

/// All props of one event together, bytes as JSON. What would be more is replaced by a note of its size.
pub const PROPS_BYTES_MAX: usize = 8 * 1024;
/// One value among them.
const VALUE_BYTES_MAX: usize = 2 * 1024;
/// Characters of a name.
const KEY_CHARS_MAX: usize = 100;
/// Names in one event.
const KEYS_MAX: usize = 100;
/// Values that are looked at below one name: more are not for an event.
const NODES_MAX: usize = 500;
const DEPTH_MAX: usize = 8;

/// Props or context out of what a client sent: names in kebab-case, secrets, files, nothing and namespaced names left
/// out at any depth.
pub fn props<'a>(entries: impl IntoIterator<Item = (&'a Value, &'a Value)>) -> Map<String, Json> {
    let mut props = Map::new();
    for (key, value) in entries.into_iter().take(KEYS_MAX) {
        let Some(key) = name(key) else { continue };
        let mut nodes = NODES_MAX;
        let kept = match clean(value, 0, &mut nodes) {
            Cleaned::Nothing => continue,
            Cleaned::TooMuch => note(value),
            Cleaned::Kept(json) => Some(json).filter(|json| bytes(json) <= VALUE_BYTES_MAX),
        };
        props.insert(key, kept.or_else(|| note(value)).unwrap_or_default());
    }
    fit(&mut props);
    props
}

/// Makes props small enough: the last ones give way.
pub fn fit(props: &mut Map<String, Json>) {
    let mut left = PROPS_BYTES_MAX;
    props.retain(|key, value| {
        let mut size = key.len() + 4 + bytes(value);
        if size > left {
            *value = Json::String(format!("({} bytes)", bytes(value)));
            size = key.len() + 4 + bytes(value);
        }
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    });
}

enum Cleaned {
    Nothing,
    TooMuch,
    Kept(Json),
}

/// The name in kebab-case, when something of that name may be kept.
fn name(key: &Value) -> Option<String> {
    let text = key.as_str().or_else(|| key.as_keyword())?;
    let name: String = kebab(text).chars().filter(|c| *c != '\0').take(KEY_CHARS_MAX).collect();
    (!name.is_empty() && !name.contains('/') && !is_secret(&name)).then_some(name)
}

/// Whether a name promises a secret.
fn is_secret(name: &str) -> bool {
    const ENDS: [&str; 7] = ["password", "token", "tokens", "secret", "session-id", "secret-key", "share-id"];
    let name = name.to_lowercase().replace('_', "-");
    ENDS.iter().any(|end| name.ends_with(end))
}

fn clean(value: &Value, depth: usize, nodes: &mut usize) -> Cleaned {
    if depth > DEPTH_MAX || *nodes == 0 {
        return Cleaned::TooMuch;
    }
    *nodes -= 1;
    let items = match value {
        Value::Nil | Value::Bytes(_) => return Cleaned::Nothing,
        Value::Tagged(tag, _) if tag == "upload" => return Cleaned::Nothing,
        Value::Tagged(_, inner) => return clean(inner, depth + 1, nodes),
        Value::Str(text) if text.len() > VALUE_BYTES_MAX => return Cleaned::TooMuch,
        Value::Map(entries) => return clean_map(entries, depth, nodes),
        Value::Vec(items) | Value::List(items) | Value::Set(items) => items,
        scalar => return Cleaned::Kept(without_zeros(scalar.to_json())),
    };
    let mut kept = vec![];
    for item in items {
        match clean(item, depth + 1, nodes) {
            Cleaned::Nothing => {}
            Cleaned::TooMuch => return Cleaned::TooMuch,
            Cleaned::Kept(json) => kept.push(json),
        }
    }
    Cleaned::Kept(Json::Array(kept))
}

fn clean_map(entries: &[(Value, Value)], depth: usize, nodes: &mut usize) -> Cleaned {
    let mut kept = Map::new();
    for (key, value) in entries {
        let Some(key) = name(key) else { continue };
        match clean(value, depth + 1, nodes) {
            Cleaned::Nothing => {}
            Cleaned::TooMuch => return Cleaned::TooMuch,
            Cleaned::Kept(json) => {
                kept.insert(key, json);
            }
        }
    }
    Cleaned::Kept(Json::Object(kept))
}

/// The database keeps no zero characters.
fn without_zeros(json: Json) -> Json {
    match json {
        Json::String(text) if text.contains('\0') => Json::String(text.replace('\0', "")),
        other => other,
    }
}

fn note(value: &Value) -> Option<Json> {
    let text = match value {
        Value::Str(text) => format!("({} bytes)", text.len()),
        Value::Map(entries) => format!("({} entries)", entries.len()),
        other => format!("({} items)", other.items().map_or(1, <[Value]>::len)),
    };
    Some(Json::String(text))
}

fn bytes(json: &Json) -> usize {
    json.to_string().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: Value) -> Json {
        let Value::Map(entries) = value else { panic!("a map") };
        Json::Object(props(entries.iter().map(|(key, value)| (key, value))))
    }

    #[test]
    fn secrets_go_at_any_depth() {
        let text = Value::text;
        let inner = Value::map([("oldPassword", text("x")), ("ok", text("y"))]);
        let given = Value::map([
            ("password", text("x")),
            ("sessionId", text("x")),
            ("client-secret", text("x")),
            ("invitation-token", text("x")),
            ("a/b", text("x")),
            ("none", Value::Nil),
            ("file", Value::tagged("upload", Value::Int(0))),
            ("team-id", Value::Int(1)),
            ("deep", Value::Vec(vec![inner])),
        ]);
        assert_eq!(of(given), serde_json::json!({"team-id": 1, "deep": [{"ok": "y"}]}));
    }

    #[test]
    fn much_becomes_a_note() {
        let many = Value::Vec(vec![Value::Int(1); 10_000]);
        let given = Value::map([("text", Value::text(&"x".repeat(5000))), ("many", many)]);
        assert_eq!(of(given), serde_json::json!({"text": "(5000 bytes)", "many": "(10000 items)"}));
        let names: Vec<String> = (0..200).map(|n| format!("k{n}")).collect();
        let given = Value::map(names.iter().map(|n| (n.as_str(), Value::text(&"x".repeat(1000)))));
        assert!(of(given).to_string().len() <= PROPS_BYTES_MAX + 100);
    }

    #[test]
    fn zeros_go() {
        assert_eq!(of(Value::map([("a", Value::text("x\0y"))])), serde_json::json!({"a": "xy"}));
    }
}
