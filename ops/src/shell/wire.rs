//! What the two ends of the socket say: one JSON object a line each, in turns, the instance first.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Bytes of one request; a longer one ends the connection.
pub(crate) const REQUEST_BYTES_MAX: usize = 64 * 1024;
/// Bytes of one answer: output, escaped.
pub(crate) const ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Shells at the same time on one instance.
pub(crate) const SHELLS_MAX: usize = 8;
/// A shell that says nothing for so long is left alone.
pub(crate) const IDLE_MAX: Duration = Duration::from_secs(3_600);
/// How long one line may take.
pub(crate) const LINE_MAX: Duration = Duration::from_secs(3_600);
/// How long an answer may take to be read.
pub(crate) const WRITE_MAX: Duration = Duration::from_secs(30);

/// One line to carry out.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// As it was typed.
    pub(crate) line: String,
    /// Whoever typed it has seen what it would do, and wants it done.
    #[serde(default)]
    pub(crate) yes: bool,
    /// Output is for programs where the command can.
    #[serde(default)]
    pub(crate) json: bool,
}

/// What became of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Answer {
    /// What the command printed.
    pub(crate) out: String,
    /// What it said beside that, and errors.
    pub(crate) notes: String,
    /// It went well.
    pub(crate) ok: bool,
    /// Nothing was changed yet: `out` tells what would be. The same line with `yes` does it.
    pub(crate) ask: bool,
}
