//! What a refusal of the rules says to the person at the keyboard.

/// In words.
pub(super) fn describe(error: domain::Error) -> anyhow::Error {
    match error {
        domain::Error::NotFound => anyhow::anyhow!("there is no such blob"),
        domain::Error::Refused { hint, .. } if !hint.is_empty() => anyhow::anyhow!(hint),
        other => anyhow::anyhow!(other),
    }
}
