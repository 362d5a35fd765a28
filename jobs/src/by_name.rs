//! Jobs by their names, as command lines and rows have them.

use domain::permission::Operator;
use sea_orm::ConnectionTrait;

use crate::{
    all::ALL,
    enqueue::{Enqueue, by_hand},
    insert::EnqueueError,
    job::Entry,
};

/// The job called `name`, if there is one.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}

/// Writes the job called `name` with a payload that came from outside, such as from a command line.
///
/// # Errors
/// As [`EnqueueError`] says; nothing was written then.
pub async fn enqueue_named(
    conn: &impl ConnectionTrait,
    operator: &Operator,
    name: &str,
    payload: serde_json::Value,
    options: Enqueue,
) -> Result<Option<i64>, EnqueueError> {
    let entry = entry(name).ok_or_else(|| EnqueueError::Unknown(name.to_owned()))?;
    by_hand(conn, operator, (entry.decode)(payload)?, options).await
}
