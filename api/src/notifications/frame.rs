//! A message as clients get it: written once, however many hear it.

use crate::rpc::error::Error;
use platform::metrics::names;
use tokio_tungstenite::tungstenite::Utf8Bytes;
use transit::value::Value;
use uuid::Uuid;

/// A message as clients get it.
#[derive(Debug)]
pub struct Frame {
    /// Verbose transit.
    pub text: Utf8Bytes,
    /// The session that it is of: that one does not hear it.
    pub from: Option<Uuid>,
    /// The revision of a file that it tells.
    pub revn: Option<i64>,
}

impl Frame {
    /// Writes a message.
    pub fn of(message: &Value, revn: Option<i64>) -> Frame {
        metrics::counter!(names::SOCKETS_ENCODED).increment(1);
        let from = message.get("session-id").and_then(Value::as_uuid);
        // What is written is text, so nothing is replaced.
        let text = String::from_utf8_lossy(&transit::write_verbose(message)).into_owned();
        Frame { text: text.into(), from, revn }
    }

    /// What a client hears when something that it asked for is refused, or is taken away.
    pub fn refusal(error: &Error) -> Frame {
        Frame::of(&Value::map([("type", Value::keyword("error")), ("error", error.to_value())]), None)
    }

    /// Its length, bytes.
    pub fn len(&self) -> usize {
        self.text.as_str().len()
    }
}
