//! Jobs by their names, for whoever has no type in hand: command lines, and rows of the queue.

use domain::permission::Operator;
use sea_orm::ConnectionTrait;

use crate::{
    all::ALL,
    enqueue::{Enqueue, by_hand},
    insert::EnqueueError,
    job::Entry,
};

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

/// The job called `name`, if there is one.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ALL.iter().find(|entry| entry.name == name)
}
