//! Accounts: reading, changing, and what an operator may do with them.

pub mod attempts;
pub mod create;
pub mod demo;
mod domains;
pub mod email;
pub mod login;
pub mod password;
pub mod recovery;
pub mod register;
pub mod settings;
pub mod verify;

use crate::error::{Error, Result};
use crate::permission::Operator;
use crate::session;
use chrono::{DateTime, Utc};
use entities::ids::ProfileId;
use entities::profile::{ActiveModel, Entity, Model};
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait, Set};
use sha2::{Digest, Sha256};
use transit::value::Value;

/// Longest address, characters.
pub const EMAIL_CHARS_MAX: usize = 250;

/// Largest stored `props`, bytes of transit.
const PROPS_BYTES_MAX: usize = 64 * 1024;

/// What a person may change about themselves. A language or theme that is left out is forgotten.
#[derive(Clone, Debug)]
pub struct Change {
    /// 1 to 250 characters.
    pub fullname: String,
    /// At most 8 characters.
    pub lang: Option<String>,
    /// At most 250 characters.
    pub theme: Option<String>,
}

/// The account of a caller.
///
/// # Errors
/// [`Error::NotFound`] when it is gone or past its deletion date.
pub async fn get(conn: &impl ConnectionTrait, caller: ProfileId, now: DateTime<Utc>) -> Result<Model> {
    let found = Entity::find_by_id(caller).one(conn).await?;
    found.filter(|person| person.deleted_at.is_none_or(|at| at > now)).ok_or(Error::NotFound)
}

/// Changes name, language and theme of the caller.
///
/// # Errors
/// [`Error::NotFound`] when the account is gone.
pub async fn update(
    conn: &impl ConnectionTrait,
    caller: ProfileId,
    change: Change,
    now: DateTime<Utc>,
) -> Result<Model> {
    let person = get(conn, caller, now).await?;
    let row = ActiveModel {
        id: Set(person.id),
        modified_at: Set(now),
        fullname: Set(change.fullname),
        lang: Set(change.lang),
        theme: Set(change.theme),
        ..Default::default()
    };
    Ok(row.update(conn).await?)
}

/// The free settings of a person as a map; keys with a namespace are the server's own and left out.
pub fn props(person: &Model) -> Value {
    let Some(stored) = &person.props else { return Value::Map(Vec::new()) };
    match transit::read(stored.to_string().as_bytes(), &props_limits()) {
        Ok(Value::Map(entries)) => {
            let own = |key: &Value| matches!(key, Value::Keyword(name) if str::contains(name, '/'));
            Value::Map(entries.into_iter().filter(|(key, _)| !own(key)).collect())
        }
        _ => Value::Map(Vec::new()),
    }
}

/// The account with this address, if any. Upper case does not matter.
pub async fn find(conn: &impl ConnectionTrait, email: &str) -> Result<Option<Model>> {
    Ok(Entity::of_email(&clean_email(email)).one(conn).await?)
}

/// The address counts as confirmed from now on.
///
/// # Errors
/// [`Error::NotFound`] when nobody has this address.
pub async fn activate(
    conn: &impl ConnectionTrait,
    _: &Operator,
    email: &str,
    now: DateTime<Utc>,
) -> Result<Model> {
    let person = find(conn, email).await?.ok_or(Error::NotFound)?;
    let row =
        ActiveModel { id: Set(person.id), modified_at: Set(now), is_active: Set(true), ..Default::default() };
    Ok(row.update(conn).await?)
}

/// Shuts a person out, ending every session, or lets them in again. Call it in a transaction.
///
/// # Errors
/// [`Error::NotFound`] when nobody has this address.
pub async fn set_blocked(
    conn: &impl ConnectionTrait,
    _: &Operator,
    email: &str,
    blocked: bool,
    now: DateTime<Utc>,
) -> Result<Model> {
    let person = find(conn, email).await?.ok_or(Error::NotFound)?;
    let row = ActiveModel {
        id: Set(person.id),
        modified_at: Set(now),
        is_blocked: Set(blocked),
        ..Default::default()
    };
    let person = row.update(conn).await?;
    if blocked {
        session::delete_of_profile(conn, person.id).await?;
    }
    Ok(person)
}

/// An address in the form that is stored and compared.
pub fn clean_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// An address as those see it who may not know it: `j***@****.com`.
pub fn masked_email(email: &str) -> String {
    let (first, end) = (email.chars().next(), email.rsplit_once('.').map_or("", |(_, end)| end));
    format!("{}***@****.{end}", first.map(String::from).unwrap_or_default())
}

/// Whether text is an address that mail can be sent to: a plain ASCII local part, and a domain name whose
/// last label is letters only.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let local_char = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && local.chars().all(local_char)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let labels: Vec<&str> = domain.split('.').collect();
    let label_ok = |label: &&str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top_ok =
        labels.last().is_some_and(|top| top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic()));
    text.len() <= EMAIL_CHARS_MAX && local_ok && labels.len() >= 2 && labels.iter().all(label_ok) && top_ok
}

/// Names a registration without telling its password: a link in a mail confirms only the one it was sent for.
pub(crate) fn proof_of_registration(person: &Model) -> String {
    let digest = Sha256::digest(person.password.as_bytes());
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// The stored form of a map of settings.
///
/// # Errors
/// `params-validation` when they are more than 64 KiB, too deep or too many to be read again, or have a character that
/// the database cannot hold.
pub(crate) fn stored_props(props: &Value) -> Result<serde_json::Value> {
    let bytes = transit::write_verbose(props);
    if bytes.len() > PROPS_BYTES_MAX {
        return Err(Error::validation("params-validation").hint("props: at most 64 KiB"));
    }
    let stored: serde_json::Value = serde_json::from_slice(&bytes).map_err(Error::platform)?;
    if has_nul(&stored) {
        return Err(Error::validation("params-validation").hint("props: free of the character U+0000"));
    }
    if transit::read(stored.to_string().as_bytes(), &props_limits()).is_err() {
        return Err(Error::validation("params-validation").hint("props: too deep, or too many values"));
    }
    Ok(stored)
}

/// Whether a text or a name has the one character that no text in the database can have.
fn has_nul(json: &serde_json::Value) -> bool {
    use serde_json::Value as Json;
    match json {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(has_nul),
        Json::Object(entries) => entries.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

fn props_limits() -> transit::Limits {
    // JSON from the database comes with other spacing, hence the room.
    transit::Limits { bytes_max: 4 * PROPS_BYTES_MAX, depth_max: 32, values_max: 20_000 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["ana@example.com", "a.b+c@sub.example.org", "x@a-b.co"] {
            assert!(is_email(good), "{good}");
        }
        let bad = ["", "ana", "@example.com", "ana@", "ana@example", "a..b@example.com", ".a@example.com"];
        let worse =
            ["a.@example.com", "a@-x.com", "a@x.c0m", "a@x..com", "a b@x.com", "é@x.com", "a@b@x.com"];
        for text in bad.iter().chain(&worse) {
            assert!(!is_email(text), "{text}");
        }
    }
}
