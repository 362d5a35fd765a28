//! What a refusal of the rules says to the person at the keyboard.

use crate::command::support;

/// In words.
pub(super) fn describe(error: domain::Error) -> anyhow::Error {
    support::describe(error, "there is no such file")
}
