//! What people do to jobs is recorded, in the transaction that does it.

use serde_json::Value;
use sqlx::{Postgres, Transaction};

use crate::sql;

/// Longest name of whoever acts, in characters.
const WHO_CHARS_MAX: usize = 200;

/// Why an action was not done. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// A value that cannot be; the text says which and what is allowed.
    #[error("{0}")]
    Refused(String),
    /// The database refused.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
}

/// Adds one line to the record.
pub(crate) async fn record(
    tx: &mut Transaction<'_, Postgres>,
    who: &str,
    action: &str,
    target: &Value,
    changed: u64,
) -> sqlx::Result<()> {
    let who: String = who.chars().filter(|c| *c != '\0').take(WHO_CHARS_MAX).collect();
    let query = sqlx::query(sql::RECORD_ACTION).bind(who).bind(action).bind(target);
    query.bind(i64::try_from(changed).unwrap_or(i64::MAX)).execute(&mut **tx).await?;
    Ok(())
}
