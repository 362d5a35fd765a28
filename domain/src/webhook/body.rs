//! What a webhook reads.

use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::webhook::MediaType;
use serde_json::Value as Json;
use transit::value::{Value, instant_of};
use uuid::Uuid;

/// Something that happened, as it is told.
#[derive(Clone, Debug)]
pub struct Told {
    /// The method that was called.
    pub name: String,
    /// Who called.
    pub profile: ProfileId,
    /// What about, by names in kebab-case.
    pub props: Json,
    /// When.
    pub at: DateTime<Utc>,
}

impl Told {
    /// Its bytes in a format.
    pub fn encoded(&self, mtype: MediaType) -> Vec<u8> {
        let at = Value::Instant(self.at.timestamp_millis());
        let value = Value::map([
            ("name", Value::text(&self.name)),
            ("profile-id", Value::Uuid(self.profile.0)),
            ("props", typed(None, &self.props)),
            ("created-at", at.clone()),
            ("tracked-at", at),
        ]);
        match mtype {
            MediaType::Json => serde_json::to_vec_pretty(&value.to_json()).unwrap_or_default(),
            MediaType::Transit => transit::write(&value),
        }
    }
}

/// Props are kept as JSON, which has no ids and no moments: their names tell.
fn typed(name: Option<&str>, json: &Json) -> Value {
    match json {
        Json::Object(entries) => Value::Map(
            entries.iter().map(|(key, value)| (Value::keyword(key), typed(Some(key), value))).collect(),
        ),
        Json::Array(items) => Value::Vec(items.iter().map(|item| typed(name, item)).collect()),
        Json::String(text) => {
            let name = name.unwrap_or_default();
            let id = is_of(name, "id") || is_of(name, "ids") || name == "mentions";
            let id = id.then(|| Uuid::try_parse(text).ok()).flatten().map(Value::Uuid);
            let at = is_of(name, "at").then(|| instant_of(text)).flatten().map(Value::Instant);
            id.or(at).unwrap_or_else(|| Value::text(text))
        }
        other => Value::from_json(other.clone()),
    }
}

fn is_of(name: &str, what: &str) -> bool {
    name.strip_suffix(what).is_some_and(|rest| rest.is_empty() || rest.ends_with('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_as_each_format_has_them_and_ids_are_ids() {
        let id = Uuid::from_u128(7);
        let props = json!({"team-id": id, "name": id, "is-shared": true, "ids": [id], "grid": "x"});
        let told =
            Told { name: "move-files".into(), profile: ProfileId(id), props, at: DateTime::UNIX_EPOCH };
        let at = "1970-01-01T00:00:00.000Z";
        let read: Json = serde_json::from_slice(&told.encoded(MediaType::Json)).expect("JSON");
        let props = json!({"teamId": id, "name": id, "isShared": true, "ids": [id], "grid": "x"});
        let whole =
            json!({"name": "move-files", "profileId": id, "props": props, "createdAt": at, "trackedAt": at});
        assert_eq!(read, whole);
        let bytes = told.encoded(MediaType::Transit);
        let read = transit::read(&bytes, &transit::Limits::default()).expect("transit");
        let props = read.get("props").expect("props");
        assert_eq!(props.get("team-id"), Some(&Value::Uuid(id)));
        assert_eq!(props.get("name"), Some(&Value::text(&id.to_string())));
        assert_eq!(props.get("ids"), Some(&Value::Vec(vec![Value::Uuid(id)])));
        assert_eq!(read.get("created-at"), Some(&Value::Instant(0)));
    }
}
