//! What commands about people and teams have in common.

use anyhow::anyhow;
use transit::value::Value;

/// What a refusal of the rules says to the person at the keyboard.
pub(super) fn describe(error: domain::Error, none: &str) -> anyhow::Error {
    match error {
        domain::Error::NotFound => anyhow!("{none}"),
        domain::Error::Refused { code, hint, context, .. } => {
            let named: Vec<String> = context.iter().filter_map(|(_, value)| ids(value)).collect();
            let hint = if hint.is_empty() { code } else { &hint };
            if named.is_empty() { anyhow!("{hint}") } else { anyhow!("{hint}: {}", named.join(", ")) }
        }
        other => anyhow!(other),
    }
}

fn ids(value: &Value) -> Option<String> {
    let Value::Vec(items) = value else { return None };
    let ids =
        items.iter().filter_map(|item| if let Value::Uuid(id) = item { Some(id.to_string()) } else { None });
    Some(ids.collect::<Vec<_>>().join(", "))
}
