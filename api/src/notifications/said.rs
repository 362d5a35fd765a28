//! What a client says: transit, compact or verbose, a map with a `type`.

use super::limits::{SAID, VERSION_CHARS_MAX};
use crate::{
    rpc::error::{Error, Fault, Result},
    wire::accept::Problem,
};
use entities::ids::{FileId, TeamId};
use transit::value::Value;
use uuid::Uuid;

/// A message of a client, understood.
#[derive(Debug, PartialEq)]
pub enum Said {
    /// It wants to hear of a team.
    Team(TeamId),
    /// It has opened a file.
    File(FileId, Option<String>),
    /// It has closed a file.
    NoFile(FileId),
    /// Where it points in a file, in its own words.
    Pointer(FileId, Value),
    /// For the other tabs of its person, in its own words.
    Broadcast(Value),
    /// That it is there.
    KeepAlive,
}

/// Reads a message.
///
/// # Errors
/// `malformed-transit`, `params-validation`, `unknown-message-type`.
pub fn read(text: &str) -> Result<Said> {
    let value = transit::read(text.as_bytes(), &SAID)
        .map_err(|why| Error::new(Fault::Validation, "malformed-transit").hint(why.to_string()))?;
    if !value.is_map() {
        return Err(wrong("", "type", "should be a map"));
    }
    let kind = word(&value)?.to_owned();
    Ok(match kind.as_str() {
        "subscribe-team" => Said::Team(TeamId(id(&value, "team-id")?)),
        "subscribe-file" => Said::File(FileId(id(&value, "file-id")?), version(&value)),
        "unsubscribe-file" => Said::NoFile(FileId(id(&value, "file-id")?)),
        "pointer-update" => Said::Pointer(FileId(id(&value, "file-id")?), value),
        "broadcast" => Said::Broadcast(value),
        "keepalive" => Said::KeepAlive,
        _ => return Err(Error::new(Fault::Validation, "unknown-message-type")),
    })
}

fn word(value: &Value) -> Result<&str> {
    let kind = value.some("type").ok_or_else(|| wrong("type", "required", "is required"))?;
    let word = kind.as_keyword().or_else(|| kind.as_str());
    word.ok_or_else(|| wrong("type", "type", "should be a keyword"))
}

fn id(value: &Value, name: &'static str) -> Result<Uuid> {
    let id = value.some(name).ok_or_else(|| wrong(name, "required", "is required"))?;
    let text = || id.as_str().and_then(|text| text.parse().ok());
    id.as_uuid().or_else(text).ok_or_else(|| wrong(name, "type", "should be a uuid"))
}

fn version(value: &Value) -> Option<String> {
    let version = value.some("version")?.as_str()?;
    Some(version.chars().take(VERSION_CHARS_MAX).collect())
}

fn wrong(path: &str, code: &'static str, message: &str) -> Error {
    Error::params(vec![Problem { path: path.to_owned(), code, message: message.to_owned() }])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "~u00000000-0000-0000-0000-000000000001";

    #[test]
    fn both_forms_and_text_are_understood() {
        let file = FileId(Uuid::from_u128(1));
        for text in [
            format!(r#"["^ ","~:type","~:subscribe-file","~:file-id","{ONE}","~:version","2.1"]"#),
            format!(r#"{{"~:type":"~:subscribe-file","~:file-id":"{ONE}","~:version":"2.1"}}"#),
            format!(r#"{{"~:type":"subscribe-file","~:file-id":"{}","~:version":"2.1"}}"#, file.0),
        ] {
            assert_eq!(read(&text).unwrap(), Said::File(file, Some("2.1".to_owned())), "{text}");
        }
        assert_eq!(read(r#"{"~:type":"~:keepalive"}"#).unwrap(), Said::KeepAlive);
    }

    #[test]
    fn what_is_no_message_says_why() {
        let deep = "[".repeat(100);
        let many = format!("[{}1]", "1,".repeat(10_000));
        for (text, code) in [
            ("", "malformed-transit"),
            ("hello", "malformed-transit"),
            (deep.as_str(), "malformed-transit"),
            (many.as_str(), "malformed-transit"),
            ("[]", "params-validation"),
            (r#"["~#'",null]"#, "params-validation"),
            ("{}", "params-validation"),
            (r#"{"~:type":1}"#, "params-validation"),
            (r#"{"~:type":"~:subscribe-file"}"#, "params-validation"),
            (r#"{"~:type":"~:subscribe-team","~:team-id":null}"#, "params-validation"),
            (r#"{"~:type":"~:unsubscribe-file","~:file-id":"me"}"#, "params-validation"),
            (r#"{"~:type":"~:pointer-update","~:file-id":7}"#, "params-validation"),
            (r#"{"~:type":"~:fly"}"#, "unknown-message-type"),
        ] {
            assert_eq!(read(text).expect_err(text).code(), code, "{text}");
        }
    }
}
