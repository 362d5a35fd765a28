//! What people do to jobs is recorded, in the transaction that does it.

use serde_json::Value;
use sqlx::{Postgres, Transaction};

/// Longest name of whoever acts, in characters.
const WHO_CHARS_MAX: usize = 200;

/// Channel of PostgreSQL's NOTIFY.
pub(crate) const CHANNEL: &str = "atelier_queue";
/// Payloads of NOTIFY for workers: read the switches again, look for jobs to cancel.
pub(crate) const CONTROL: &str = "control";
pub(crate) const CANCEL: &str = "cancel";

/// Why an action was not done. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum SteerError {
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
    let sql = "insert into queue.action (who, action, target, changed) values ($1, $2, $3, $4)";
    let query = sqlx::query(sql).bind(who).bind(action).bind(target);
    query.bind(i64::try_from(changed).unwrap_or(i64::MAX)).execute(&mut **tx).await?;
    Ok(())
}

/// Workers hear `message` when the transaction commits. Rare, so that the lock which NOTIFY takes does no harm.
pub(crate) async fn tell(tx: &mut Transaction<'_, Postgres>, message: &str) -> sqlx::Result<()> {
    sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(message).execute(&mut **tx).await?;
    Ok(())
}
